using System.Net;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using static Torture.SelfTests.Witness.FakeCluster;

namespace Torture.SelfTests.Mutants;

internal sealed partial class Transcript
{
    private void Checks()
    {
        var group = Group();
        foreach (var version in new[] { 0u, WitnessVersion.V1, WitnessVersion.V2 })
        {
            Register($"r {version}", group, version);
            RegisterEx($"x {version}", group, version);
        }

        foreach (var name in new[] { null, "", "cluster", "Cluster.Test", "elsewhere" })
        {
            Register($"r net {name}", group, net: name);
            RegisterEx($"x net {name}", group, net: name);
        }

        foreach (var address in new[] { null, "", "10.0.0.2", "FD00:0::3", "10.0.0.77", "n2", "1.2.3" })
        {
            Register($"r ip {address}", group, ip: address);
            RegisterEx($"x ip {address}", group, ip: address);
            RegisterEx($"x ip {address} scale", group, ip: address, share: "SCALE");
            RegisterEx($"x ip {address} home", group, ip: address, share: "home");
        }

        Register("r client", group, client: null);
        RegisterEx("x client", group, client: null);
        Register("r long client", group, client: new string('c', 256));
        RegisterEx("x share", group, share: "nonesuch");
        RegisterEx("x flags", group, flags: 2);
        Register("order 1", group, version: 0, net: null);
        Register("order 2", group, version: 0, net: "elsewhere");
        Register("order 3", group, net: "elsewhere", ip: "10.0.0.77");
        Call("opnum 6", (WitnessOperation)6, [], group);
        Do(group.RunDown);
    }

    private void Handles()
    {
        var group = Group();
        var other = Group();
        foreach (var operation in new[]
                 {
                     WitnessOperation.WitnessrUnRegister, WitnessOperation.WitnessrUnRegisterEx,
                     WitnessOperation.WitnessrAsyncNotify,
                 })
        {
            var handle = RegisterEx("x", group);
            Register("beside", group);
            WithHandle($"{operation} foreign group", operation, handle, other);
            WithHandle($"{operation} foreign user", operation, handle, group, Caller("TEST\\mallory"));
            WithHandle($"{operation} same group", operation, handle, group, Caller(port: 50001));
            WithHandle($"{operation} again", operation, handle, group);
            WithHandle($"{operation} null", operation, default, group);
            Do(group.RunDown);
        }

        var pending = RegisterEx("x", group);
        Notify("n", pending, group);
        Notify("n second", pending, group);
        WithHandle("u", WitnessOperation.WitnessrUnRegister, pending, group);
        Do(group.RunDown);
    }

    private void Lists()
    {
        var group = Group();
        List("list", group);
        List("list again", group);
        foreach (var level in Enum.GetValues<AuthenticationLevel>())
        {
            List($"list at {level}", group, Caller(level: level));
        }

        List("list anonymous", group, Caller(user: null));
        Change(A2, "n3", InterfaceState.AVAILABLE);
        List("list moved", group);
        Do(() => _service.OnInterfaceChanged("n9", [IPAddress.Broadcast], InterfaceState.UNAVAILABLE));
        List("list added", group);
        foreach (var entry in _cluster.Interfaces.Where(e => e.State == InterfaceState.AVAILABLE).ToArray())
        {
            Change((entry.IPv4 ?? entry.IPv6)!, entry.GroupName, InterfaceState.UNAVAILABLE);
        }

        List("list waits", group);
        foreach (var (address, node) in new[] { (A1, "n1"), (A2, "n2"), (A3, "n3") })
        {
            Change(address, node, InterfaceState.AVAILABLE);
            List($"list with {node}", group);
        }
    }

    private void Changes()
    {
        var group = Group();
        var first = RegisterEx("x", group);
        var second = Register("r", group);
        var third = RegisterEx("x v6", group, ip: "fd00::3", client: "c2");
        foreach (var handle in new[] { first, second, third })
        {
            Notify("poll", handle, group);
        }

        Notify("poll second", first, group);
        Change(A1, "n2", InterfaceState.AVAILABLE);
        Change(A3, "n3", InterfaceState.UNAVAILABLE);
        Change(A3, "n1", InterfaceState.AVAILABLE);
        foreach (var handle in new[] { first, second, third })
        {
            Notify("poll again", handle, group);
        }

        Notify("twice", first, group);
        Notify("twice", first, group);
        Change(A1, "n1", InterfaceState.UNAVAILABLE);
        Change(A1, "n1", InterfaceState.AVAILABLE);
        Change(A3, "n3", InterfaceState.AVAILABLE);
        for (var poll = 0; poll < 3; poll++)
        {
            Notify("queued", third, group);
        }

        Do(group.RunDown);
    }

    private void Moves()
    {
        var group = Group();
        var first = RegisterEx("x", group);
        var second = Register("r", group);
        RegisterEx("other", group, client: "c2");
        foreach (var destination in new[] { "n2", "n3", "10.0.0.2", "nowhere" })
        {
            Do(() => _lines.Add($"move {destination}: {_service.MoveClient("c1", destination)}"));
        }

        Change(A1, "n1", InterfaceState.UNAVAILABLE);
        Notify("change", first, group);
        Notify("move", first, group);
        Notify("nothing", first, group);
        Notify("change", second, group);
        Notify("move", second, group);
        Notify("nothing", second, group);
        Do(() => _service.MoveClient("c1", "n2"));
        Change(A1, "n1", InterfaceState.AVAILABLE);
        Do(group.RunDown);
    }

    private void SharesAndAddresses()
    {
        var group = Group();
        ContextHandle[] handles =
        [
            RegisterEx("plain", group),
            RegisterEx("scale", group, share: "scale"),
            RegisterEx("home", group, share: "home", flags: 1),
            RegisterEx("flag", group, flags: 1),
            Register("v1", group),
            RegisterEx("other", group, share: "home", client: "c2", flags: 1),
        ];
        Do(() => _lines.Add($"share: {_service.MoveShare("c1", "home", "n2")}"));
        Do(() => _lines.Add($"address: {_service.ChangeAddress("c1", "n2")}"));
        Do(() => _lines.Add($"move: {_service.MoveClient("c1", "n2")}"));
        for (var poll = 0; poll < 4; poll++)
        {
            Array.ForEach(handles, handle => Notify("poll", handle, group));
        }

        Do(group.RunDown);
    }

    private void Timers()
    {
        var group = Group();
        var handle = RegisterEx("x", group, keepAlive: 6);
        var zero = RegisterEx("x 0", group, keepAlive: 0);
        var v1 = Register("r", group);
        Notify("six", handle, group);
        Notify("zero", zero, group);
        Notify("v1", v1, group);
        for (var second = 0; second < 45; second++)
        {
            Wait(1);
        }

        var unused = RegisterEx("unused", group);
        Register("unused v1", group);
        var polled = RegisterEx("polled", group, keepAlive: 1);
        Wait(20);
        Notify("polled", polled, group);
        Wait(20);
        Notify("late", unused, group);
        Wait(60);
        Do(group.RunDown);
    }

    private void Ends()
    {
        var group = Group();
        var other = Group();
        var handle = RegisterEx("x", group);
        RegisterEx("other", other);
        foreach (var reason in new[] { AbortReason.Cancelled, AbortReason.ConnectionLost })
        {
            Notify($"{reason}", handle, group);
            Do(() => _running.LastOrDefault().Call?.Abort(reason));
            Change(A1, "n1", reason == AbortReason.Cancelled ? InterfaceState.UNAVAILABLE : InterfaceState.AVAILABLE);
            Notify($"after {reason}", handle, group);
        }

        Notify("held", handle, group);
        List("behind it", group);
        Do(group.RunDown);
    }
}
