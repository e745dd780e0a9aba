using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using static Torture.SelfTests.Witness.FakeCluster;

namespace Torture.SelfTests.Witness;

public sealed class InterfaceListRules
{
    [Test]
    public async Task EntryForEachAddress([Values] bool ndr64)
    {
        using var witness = new WitnessUnderTest();
        var plain = witness.Connect();
        var caller = ndr64 ? plain.With(NdrSyntax.Ndr64) : plain;

        var reply = await caller.GetInterfaceList().Answered;

        reply.Status.Should().Be(Win32Error.ERROR_SUCCESS);
        reply.Interfaces!.Value.Should().Equal(
            new WitnessInterface(
                "n1", WitnessVersion.V2, InterfaceState.AVAILABLE, A1, IPAddress.IPv6Any, InterfaceFlags.IPv4),
            new WitnessInterface(
                "n2", WitnessVersion.V2, InterfaceState.AVAILABLE, A2, IPAddress.IPv6Any,
                InterfaceFlags.IPv4 | InterfaceFlags.INTERFACE_WITNESS),
            new WitnessInterface(
                "n3", WitnessVersion.V2, InterfaceState.AVAILABLE, IPAddress.Any, A3,
                InterfaceFlags.IPv6 | InterfaceFlags.INTERFACE_WITNESS));
    }

    [Test]
    public async Task FollowsTheClusterAndAsksForNoStaleStub()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        await caller.GetInterfaceList().Answered;

        witness.Cluster.Change(A2, "n1", InterfaceState.AVAILABLE);
        witness.Cluster.Here.Add(A2);
        witness.Service.OnInterfacesChanged();

        var reply = await caller.GetInterfaceList().Answered;
        reply.Interfaces!.Value.Should().HaveCount(3);
        reply.Interfaces!.Value[1].Should().Match<WitnessInterface>(
            e => e.GroupName == "n1" && e.Flags == InterfaceFlags.IPv4 && e.State == InterfaceState.AVAILABLE);
    }

    [Test]
    public async Task NoInterfaceAtAll()
    {
        using var witness = new WitnessUnderTest(cluster: new FakeCluster { Interfaces = [] });

        (await witness.Connect().GetInterfaceList().Answered).Should().Be(
            new GetInterfaceListResponse(null, Win32Error.ERROR_NO_MORE_ITEMS));
    }

    [Test]
    public async Task WaitsUntilOneIsAvailable([Values] WitnessProfile profile)
    {
        using var witness = new WitnessUnderTest(new WitnessSettings { Profile = profile });
        foreach (var (address, node) in new[] { (A1, "n1"), (A2, "n2"), (A3, "n3") })
        {
            witness.Service.OnInterfaceChanged(node, [address], InterfaceState.UNAVAILABLE);
        }

        var waiting = Enumerable.Range(0, 3).Select(_ => witness.Connect().GetInterfaceList()).ToArray();
        waiting[2].Call.Abort(AbortReason.Cancelled);
        await waiting[2].Invoking(w => w.Answered).Should().ThrowAsync<RpcFaultException>();
        waiting[0].Reply.IsCompleted.Should().BeFalse();

        witness.Service.OnInterfaceChanged("n1", [A1], InterfaceState.AVAILABLE);
        if (profile == WitnessProfile.Windows)
        {
            witness.Connect().GetInterfaceList().Reply.IsCompleted.Should().BeFalse("n1 is no witness for itself");
            witness.Service.OnInterfaceChanged("n3", [A3], InterfaceState.AVAILABLE);
        }

        foreach (var call in waiting[..2])
        {
            (await call.Answered).Interfaces!.Value.Should().HaveCount(3);
        }
    }

    [Test]
    public async Task EventForAnUnknownInterfaceAddsOne()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();

        witness.Service.OnInterfaceChanged("n9", [IPAddress.Loopback], InterfaceState.UNAVAILABLE);

        (await caller.GetInterfaceList().Answered).Interfaces!.Value[^1].Should().Be(new WitnessInterface(
            "n9", WitnessVersion.V2, InterfaceState.UNAVAILABLE, IPAddress.Loopback, IPAddress.IPv6Any,
            InterfaceFlags.IPv4 | InterfaceFlags.INTERFACE_WITNESS));
    }

    [Test]
    public async Task VersionOfTheService()
    {
        using var witness = new WitnessUnderTest(new WitnessSettings { Version = WitnessVersion.V1 });

        (await witness.Connect().GetInterfaceList().Answered).Interfaces!.Value
            .Should().OnlyContain(e => e.Version == WitnessVersion.V1);
        witness.Service.OperationCount.Should().Be(4);
    }
}
