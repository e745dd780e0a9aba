using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;

namespace Torture.SelfTests.Rpc;

/// <summary>co_cancel, orphaned, lost connections, rundown.</summary>
[CancelAfter(20_000)]
public sealed class AbandonTests
{
    [Test]
    public async Task ACancelledCallIsAnsweredWithTheCancelFault()
    {
        await using var world = new World();
        await using var client = await world.BindAsync(AuthenticationLevel.Privacy);
        var call = client.Start(TestInterface.Pend, default);
        await world.Interface.PendingAsync(1);

        await call.CancelAsync();

        (await FluentActions.Awaiting(() => call.Response).Should().ThrowAsync<RpcFaultException>())
            .Which.Status.Should().Be(RpcFault.nca_s_fault_cancel);
        world.Interface.Aborts.Should().Equal(AbortReason.Cancelled);
        (await client.Start(TestInterface.Echo, Pattern.Of(3)).Response).Length.Should().Be(3);
    }

    [Test]
    public async Task AnInterfaceMayIgnoreACancel()
    {
        await using var world = new World();
        await using var client = await world.BindAsync();
        var call = client.Start(TestInterface.Deaf, Pattern.Of(5));
        await world.Interface.PendingAsync(1);

        await call.CancelAsync();
        await client.Start(TestInterface.Echo, default).Response;
        call.Response.IsCompleted.Should().BeFalse();
        world.Interface.Release();

        (await call.Response).ToArray().Should().Equal(Pattern.Of(5));
    }

    [Test]
    public async Task AnOrphanedCallIsNeverAnswered([Values(TestInterface.Pend, TestInterface.Deaf)] int opnum)
    {
        await using var world = new World();
        await using var client = await world.BindAsync(AuthenticationLevel.Integrity);
        var call = client.Start((ushort)opnum, default);
        await world.Interface.PendingAsync(1);

        await call.OrphanAsync();
        await client.Start(TestInterface.Echo, default).Response;
        world.Interface.Release();
        await client.Start(TestInterface.Echo, default).Response;

        call.Response.IsCanceled.Should().BeTrue();
        client.UnmatchedAnswers.Should().Be(0);
    }

    [TestCase(PduType.CoCancel)]
    [TestCase(PduType.Orphaned)]
    public async Task NothingToAbandonIsIgnored(PduType type)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();

        await raw.SendAsync(type == PduType.CoCancel ? new CoCancelPdu(77) : new OrphanedPdu(77));

        await raw.MustEchoAsync(2);
    }

    [Test]
    public async Task AProtectedCancelIsVerifiedAndCountsInTheSequence()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        var security = await raw.BoundAsync(AuthenticationLevel.Integrity);
        await raw.Connection.SendAsync(RawClient.Request(2, TestInterface.Pend), security, default);
        await world.Interface.PendingAsync(1);

        await raw.Connection.SendAsync(new CoCancelPdu(2), security, default);

        await raw.MustFaultAsync(2, RpcFault.nca_s_fault_cancel);
        await raw.MustEchoAsync(3, security: security);
    }

    [Test]
    public async Task ALostConnectionAbortsItsCallsAndThenRunsTheGroupDown()
    {
        await using var world = new World();
        var order = new List<string>();
        var client = await world.BindAsync();
        var call = client.Start(TestInterface.Pend, default);
        var pending = (await world.Interface.PendingAsync(1)).Single();
        pending.Aborted.Register(() => order.Add($"abort {pending.AbortReason}"));
        pending.Association.OnRundown(() => order.Add("rundown"));

        await client.DisposeAsync();
        await world.AllServed;

        order.Should().Equal("abort ConnectionLost", "rundown");
        (await FluentActions.Awaiting(() => call.Response).Should().ThrowAsync<RpcConnectionClosedException>())
            .Which.How.Should().Be(RpcConnectionEnd.ClosedHere);
        world.Server.AssociationGroupCount.Should().Be(0);
    }

    [Test]
    public async Task AGroupLivesAsLongAsOneOfItsConnections()
    {
        await using var world = new World();
        var ran = 0;
        var first = await world.BindAsync();
        var second = await world.BindAsync(World.Options() with { AssociationGroup = first.AssociationGroup });
        second.Start(TestInterface.Pend, default);
        (await world.Interface.PendingAsync(1)).Single().Association.OnRundown(() => ran++);

        await first.DisposeAsync();
        await second.Start(TestInterface.Echo, default).Response;
        ran.Should().Be(0);
        await second.DisposeAsync();
        await world.AllServed;

        ran.Should().Be(1);
        var late = () => world.BindAsync(World.Options() with { AssociationGroup = second.AssociationGroup });
        (await late.Should().ThrowAsync<RpcBindException>())
            .Which.Reason.Should().Be(BindRejectReason.NotSpecified);
    }

    [Test]
    public async Task StoppingTheServerEndsConnectionsAndCalls()
    {
        await using var world = new World();
        await using var client = await world.BindAsync();
        var call = client.Start(TestInterface.Pend, default);
        await world.Interface.PendingAsync(1);

        await world.StopAsync();

        (await FluentActions.Awaiting(() => call.Response).Should().ThrowAsync<RpcConnectionClosedException>())
            .Which.How.Should().Be(RpcConnectionEnd.Fin);
        world.Interface.Aborts.Should().Equal(AbortReason.ConnectionLost);
    }
}
