using System.Globalization;
using System.Net;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using Torture.SelfTests.Witness;
using static Torture.SelfTests.Witness.FakeCluster;

namespace Torture.SelfTests.Mutants;

/// <summary>
/// One long conversation with a witness service that touches each of its rules, written down line by line. Two
/// services that give the same transcript are, for all that this conversation can tell, the same.
/// </summary>
internal sealed partial class Transcript : IDisposable
{
    private static readonly IPAddress A2Second = IPAddress.Parse("10.0.0.22");
    private readonly Pump _pump = new();
    private readonly ManualTime _time = new();
    private readonly FakeCluster _cluster = new();
    private readonly List<string> _lines = [];
    private readonly WitnessService _service;
    private readonly List<(string Name, RpcServerCall Call, Task Task)> _running = [];
    private uint _groups;

    private Transcript(Func<NodeParts, WitnessService> create)
    {
        _cluster.Interfaces =
        [
            .. _cluster.Interfaces,
            PublicInterface.Of("n2", InterfaceState.UNAVAILABLE, A2Second),
            PublicInterface.Of("n2", InterfaceState.AVAILABLE, IPAddress.Parse("fd00::22")),
        ];
        _service = create(new NodeParts(_time, new Random(1), new WitnessSettings(), _cluster, _ => { }));
        _service.Start();
    }

    public static IReadOnlyList<string> Of(Func<NodeParts, WitnessService> create)
    {
        using var transcript = new Transcript(create);
        transcript.Checks();
        transcript.Handles();
        transcript.Lists();
        transcript.Changes();
        transcript.Moves();
        transcript.SharesAndAddresses();
        transcript.Timers();
        transcript.Ends();
        return transcript._lines;
    }

    public void Dispose() => _service.Dispose();

    private RpcCaller Caller(
        string? user = @"TEST\alice", AuthenticationLevel level = AuthenticationLevel.Integrity, int port = 50000) =>
        new(level, AuthenticationType.Ntlmssp, user, new IPEndPoint(A1, 49200), new IPEndPoint(A2, port));

    private AssociationGroup Group() => new(++_groups);

    /// <summary>Makes a call as the RPC server would, and writes down how it ended or that it waits.</summary>
    private byte[] Call(
        string name, WitnessOperation operation, byte[] stub, AssociationGroup group, RpcCaller? caller = null)
    {
        var who = caller ?? Caller();
        var call = new RpcServerCall(who, group, group.Id)
        {
            Opnum = (ushort)operation, Stub = stub, Syntax = NdrSyntax.Ndr20,
        };
        if (who.Level < _service.MinimumLevel || call.Opnum >= _service.OperationCount)
        {
            _lines.Add($"{name}: {(who.Level < _service.MinimumLevel ? "access" : "range")} fault");
            return [];
        }

        Do(() => _running.Add((name, call, Invoke(call))));
        return call.ResponseStub.Stub.ToArray();
    }

    private async Task Invoke(RpcServerCall call) => await _service.InvokeAsync(call);

    /// <summary>Lets something happen, and writes down every call that it ended.</summary>
    private void Do(Action action)
    {
        _pump.Run(action);
        foreach (var (name, call, task) in _running.Where(r => r.Task.IsCompleted).ToArray())
        {
            _lines.Add(task.IsCompletedSuccessfully
                ? $"{name}: {Masked(call)}"
                : $"{name}: {task.Exception!.InnerException!.GetType().Name}");
        }

        _running.RemoveAll(r => r.Task.IsCompleted);
        _lines.Add($"  waiting {string.Join(' ', _running.Select(r => r.Name))}; state {State()}");
    }

    /// <summary>Handles are random: only whether one is there is told.</summary>
    private static string Masked(RpcServerCall call)
    {
        var stub = call.ResponseStub.Stub.ToArray();
        var isHandle = (WitnessOperation)call.Opnum is WitnessOperation.WitnessrRegister
            or WitnessOperation.WitnessrRegisterEx or WitnessOperation.WitnessrUnRegisterEx;
        return isHandle && stub.Length >= 20
            ? (stub.AsSpan(0, 20).ContainsAnyExcept((byte)0) ? "handle " : "null ") + Convert.ToHexString(stub[20..])
            : Convert.ToHexString(stub);
    }

    private string State() => string.Join(' ', _service.ListRegistrations().Select(r => string.Create(
        CultureInfo.InvariantCulture, $"{r.Client}/{r.Address}/{r.PendingCalls}/{r.QueuedNotifications}")));

    private ContextHandle Register(
        string name, AssociationGroup group, uint version = WitnessVersion.V1, string? net = "CLUSTER",
        string? ip = "10.0.0.1", string? client = "c1") => HandleOf(Call(
            name, WitnessOperation.WitnessrRegister,
            WitnessCodec.Encode(new RegisterRequest(version, net, ip, client), NdrSyntax.Ndr20), group));

    private ContextHandle RegisterEx(
        string name, AssociationGroup group, uint version = WitnessVersion.V2, string? net = "CLUSTER",
        string? share = null, string? ip = "10.0.0.1", string? client = "c1", uint flags = 0, uint keepAlive = 3600) =>
        HandleOf(Call(
            name, WitnessOperation.WitnessrRegisterEx,
            WitnessCodec.Encode(
                new RegisterExRequest(version, net, share, ip, client, (RegisterFlags)flags, keepAlive),
                NdrSyntax.Ndr20),
            group));

    private void WithHandle(
        string name, WitnessOperation operation, ContextHandle handle, AssociationGroup group,
        RpcCaller? caller = null) =>
        Call(name, operation, WitnessCodec.Encode(new HandleRequest(handle), NdrSyntax.Ndr20), group, caller);

    private void Notify(string name, ContextHandle handle, AssociationGroup group, RpcCaller? caller = null) =>
        WithHandle(name, WitnessOperation.WitnessrAsyncNotify, handle, group, caller);

    private void List(string name, AssociationGroup group, RpcCaller? caller = null) =>
        Call(name, WitnessOperation.WitnessrGetInterfaceList, [], group, caller);

    private void Wait(double seconds) => Do(() => _time.Advance(TimeSpan.FromSeconds(seconds)));

    private void Change(IPAddress address, string group, InterfaceState state) => Do(() =>
    {
        _cluster.Change(address, group, state);
        _service.OnInterfacesChanged();
    });

    private static ContextHandle HandleOf(byte[] stub) =>
        stub.Length == 24 ? WitnessCodec.DecodeHandleResponse(stub, NdrSyntax.Ndr20).Context : default;
}
