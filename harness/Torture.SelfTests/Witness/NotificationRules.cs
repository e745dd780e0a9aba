using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using static Torture.SelfTests.Witness.FakeCluster;

namespace Torture.SelfTests.Witness;

public sealed class NotificationRules
{
    private static readonly ResourceChange N1Gone = new(ChangeType.RESOURCE_STATE_UNAVAILABLE, "n1");
    private static readonly ResourceChange N2Came = new(ChangeType.RESOURCE_STATE_AVAILABLE, "n2");

    [Test]
    public async Task TakeoverIsToldAsLossAndReturn([Values] bool atOnce)
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx().Context;
        if (!atOnce)
        {
            witness.Cluster.Change(A1, "n1", InterfaceState.UNAVAILABLE);
            witness.Service.OnInterfacesChanged();
        }

        witness.Cluster.Change(A1, "n2", InterfaceState.AVAILABLE);
        witness.Service.OnInterfacesChanged();

        Changes(await caller.AsyncNotify(handle).Answered).Should().Equal(N1Gone, N2Came);
        caller.AsyncNotify(handle);
        witness.PendingCalls.Should().Be(1, "each event is told once");
    }

    [Test]
    public async Task EventDuringThePollAndBetweenPolls()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx().Context;
        var pending = caller.AsyncNotify(handle);

        witness.Service.OnInterfaceChanged("n1", [A1], InterfaceState.UNAVAILABLE).Registrations.Should().Be(1);
        witness.Service.OnInterfaceChanged("n1", [A1], InterfaceState.AVAILABLE);

        Changes(await pending.Answered).Should().Equal(N1Gone);
        Changes(await caller.AsyncNotify(handle).Answered)
            .Should().Equal(new ResourceChange(ChangeType.RESOURCE_STATE_AVAILABLE, "n1"));
    }

    [Test]
    public void OthersHearNothing()
    {
        using var witness = new WitnessUnderTest();
        witness.Connect().RegisterEx(address: "10.0.0.2");
        witness.Connect().RegisterEx(client: "other", address: "fd00::3");

        witness.Service.OnInterfaceChanged("n1", [A1], InterfaceState.UNAVAILABLE).Registrations.Should().Be(0);
        witness.Service.MoveClient("nobody", "n2").Registrations.Should().Be(0);
        witness.Service.MoveShare("client", "scale", "n2").Registrations.Should().Be(0);
        witness.Service.ChangeAddress("client", "n2").Registrations.Should().Be(0);
        witness.Service.OnInterfaceChanged("n2", [A2], InterfaceState.UNAVAILABLE, "elsewhere")
            .Registrations.Should().Be(0);
        witness.Service.ListRegistrations().Should().OnlyContain(r => r.QueuedNotifications == 0);
    }

    [Test]
    public async Task ClientMoveTellsTheLatestDestination()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.Register().Context;
        witness.Cluster.Interfaces =
            [.. witness.Cluster.Interfaces, PublicInterface.Of("n2", InterfaceState.UNAVAILABLE, IPAddress.Broadcast)];
        witness.Service.OnInterfacesChanged();

        witness.Service.MoveClient("client", "n3").Should().Be(new EventOutcome(1, 1));
        witness.Service.MoveClient("CLIENT", "N2").Should().Be(new EventOutcome(1, 2));

        var reply = await caller.AsyncNotify(handle).Answered;
        reply.Response!.MessageType.Should().Be(NotificationKind.CLIENT_MOVE_NOTIFICATION);
        WitnessBlobs.Inspect(reply.Response).Should().BeEmpty();
        Addresses(reply).Should().Equal(AddressInfo.Online(A2), AddressInfo.Offline(IPAddress.Broadcast));
        caller.AsyncNotify(handle);
        witness.PendingCalls.Should().Be(1);
    }

    [TestCase("n3", "fd00::3")]
    [TestCase("n3.cluster.test", "fd00::3")]
    [TestCase("FD00:0::3", "fd00::3")]
    [TestCase("10.0.0.2", "10.0.0.2")]
    public async Task Destinations(string destination, string expected)
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var pending = caller.AsyncNotify(caller.Register().Context);

        witness.Service.MoveClient("client", destination);

        Addresses(await pending.Answered).Should().Equal(AddressInfo.Online(IPAddress.Parse(expected)));
    }

    [TestCase("n9")]
    [TestCase("10.9.9.9")]
    [TestCase("")]
    public void DestinationThatMeansNothing(string destination)
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        caller.AsyncNotify(caller.Register().Context);

        witness.Service.MoveClient("client", destination).Should().Be(default(EventOutcome));

        witness.PendingCalls.Should().Be(1);
    }

    [Test]
    public async Task DestinationThatMeansNothingAnyMore()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.Register().Context;
        witness.Service.MoveClient("client", "n2");

        witness.Cluster.Change(A2, "n3", InterfaceState.AVAILABLE);
        witness.Service.OnInterfacesChanged();

        Addresses(await caller.AsyncNotify(handle).Answered).Should().Equal(AddressInfo.Online(A2));
    }

    [Test]
    public async Task DualStackIsTwoEntries()
    {
        using var witness = new WitnessUnderTest(cluster: new FakeCluster
        {
            Interfaces = [new PublicInterface("n2", InterfaceState.AVAILABLE, A2, A3)],
        });
        var caller = witness.Connect();
        var handle = caller.Register(address: "10.0.0.2").Context;

        witness.Service.MoveClient("client", "n2").Destinations.Should().Be(2);
        Addresses(await caller.AsyncNotify(handle).Answered)
            .Should().Equal(AddressInfo.Online(A2), AddressInfo.Online(A3));

        witness.Service.MoveClient("client", "fd00::3");
        Addresses(await caller.AsyncNotify(handle).Answered).Should().Equal(AddressInfo.Online(A3));
    }

    [Test]
    public async Task KindsComeOneByOneInOrder()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx(share: "home", flags: 1).Context;
        witness.Service.ChangeAddress("client", "n2").Registrations.Should().Be(1);
        witness.Service.MoveShare("client", "HOME", "n2").Registrations.Should().Be(1);
        witness.Service.MoveShare("client", "scale", "n2").Registrations.Should().Be(0);
        witness.Service.MoveClient("client", "n2");
        witness.Service.OnInterfaceChanged("n1", [A1], InterfaceState.UNAVAILABLE);

        for (var kind = NotificationKind.RESOURCE_CHANGE_NOTIFICATION; (uint)kind <= 4; kind++)
        {
            var reply = await caller.AsyncNotify(handle).Answered;
            reply.Response!.MessageType.Should().Be(kind);
            WitnessBlobs.Inspect(reply.Response).Should().BeEmpty();
        }
    }

    [Test]
    public async Task RemovedAddressIsOffline()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var pending = caller.AsyncNotify(caller.RegisterEx(flags: 1).Context);

        witness.Service.ChangeAddress("client", "10.0.0.77").Registrations.Should().Be(1);

        Addresses(await pending.Answered).Should().Equal(AddressInfo.Offline(IPAddress.Parse("10.0.0.77")));
    }

    [Test]
    public void Version1HearsNoThirdOrFourthKind()
    {
        using var witness = new WitnessUnderTest();
        witness.Connect().Register();

        witness.Service.MoveShare(null, "scale", "n2").Registrations.Should().Be(0);
        witness.Service.ChangeAddress(null, "n2").Registrations.Should().Be(0);
    }

    [Test]
    public async Task SeveralCallsAreServedInTheirOrder()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx().Context;
        var first = caller.AsyncNotify(handle);
        var second = caller.AsyncNotify(handle);

        witness.Service.OnInterfaceChanged("n1", [A1], InterfaceState.UNAVAILABLE);
        Changes(await first.Answered).Should().Equal(N1Gone);
        witness.PendingCalls.Should().Be(1);
        witness.Service.OnInterfaceChanged("n2", [A1], InterfaceState.AVAILABLE);
        Changes(await second.Answered).Should().Equal(N2Came);
    }

    [Test]
    public async Task CancelEndsTheCallAndNotTheRegistration(
        [Values(AbortReason.Cancelled, AbortReason.Orphaned, AbortReason.ConnectionLost)] AbortReason reason)
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx().Context;
        var pending = caller.AsyncNotify(handle);

        pending.Call.Abort(reason);

        var ended = await pending.Invoking(p => p.Answered).Should().ThrowAsync<RpcFaultException>();
        ended.Which.Status.Should().Be(RpcFault.nca_s_fault_cancel);
        witness.PendingCalls.Should().Be(0);
        witness.Service.OnInterfaceChanged("n1", [A1], InterfaceState.UNAVAILABLE);
        Changes(await caller.AsyncNotify(handle).Answered).Should().Equal(N1Gone);
    }

    [Test]
    public async Task MoreCallsThanTheLimit()
    {
        using var witness = new WitnessUnderTest(new WitnessSettings { MaximumPendingCalls = 1 });
        var caller = witness.Connect();
        var handle = caller.RegisterEx().Context;
        caller.AsyncNotify(handle);

        (await caller.AsyncNotify(handle).Answered)
            .Should().Be(new AsyncNotifyResult(null, Win32Error.ERROR_NO_SYSTEM_RESOURCES));
    }

    [Test]
    public async Task OperatorForcesUnregisterAndResponse()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx(client: "one").Context;
        var pending = caller.AsyncNotify(handle);
        var forced = new AsyncNotifyResult(
            new AsyncNotifyResponse((NotificationKind)9, 2, 7, [1, 2]), Win32Error.ERROR_SUCCESS);

        witness.Service.ForceResponse(new RegistrationFilter(Client: "two"), forced).Should().Be(0);
        witness.Service.ForceResponse(new RegistrationFilter(Client: "ONE", Address: A1), forced).Should().Be(1);
        (await pending.Answered).Should().Be(forced);

        var last = caller.AsyncNotify(handle);
        witness.Service.ForceUnregister(new RegistrationFilter(Key: handle.Uuid)).Should().Be(1);
        (await last.Answered).Status.Should().Be(Win32Error.ERROR_NOT_FOUND);
        caller.UnRegister(handle).Should().Be(Win32Error.ERROR_INVALID_PARAMETER);
    }

    private static IReadOnlyList<ResourceChange> Changes(AsyncNotifyResult reply)
    {
        reply.Status.Should().Be(Win32Error.ERROR_SUCCESS);
        WitnessBlobs.Inspect(reply.Response!).Should().BeEmpty();
        return WitnessBlobs.ReadResourceChanges(reply.Response!);
    }

    private static IReadOnlyList<AddressInfo> Addresses(AsyncNotifyResult reply) =>
        WitnessBlobs.ReadAddressLists(reply.Response!).Single();
}
