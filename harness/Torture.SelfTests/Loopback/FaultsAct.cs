using System.Collections.Concurrent;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Running;
using Torture.Protocol.Witness;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;
using Direction = Torture.Harness.Faults.Direction;

namespace Torture.SelfTests.Loopback;

using Node = Torture.Harness.Clusters.Node;

/// <summary>Each fault of the loopback cluster is seen to act, and after healing the cluster is what it was.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable]
public sealed class FaultsAct
{
    private readonly ConcurrentQueue<ClusterEvent> _events = [];
    private TemporaryFolder _folder = null!;
    private ReferenceCluster _cluster = null!;

    private static IEnumerable<TestCaseData> OfANode()
    {
        yield return Named("KillNode", n => new KillNode(n));
        yield return Named("PauseNode", n => new PauseNode(n));
        yield return Named("StopNode", n => new StopNode(n));
        yield return Named("DisableNode", n => new DisableNode(n));
        yield return Named("BanNode", n => new BanNode(n));

        static TestCaseData Named(string name, Func<Node, Fault> make) =>
            new TestCaseData(make).SetArgDisplayNames(name);
    }

    [OneTimeSetUp]
    public async Task UpAsync()
    {
        _folder = new TemporaryFolder();
        _cluster = (ReferenceCluster)await new LoopbackInTurn().UpAsync(_folder.Options, CancellationToken.None);
        _cluster.Changed += _events.Enqueue;
    }

    [OneTimeTearDown]
    public async Task DownAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    [TestCaseSource(nameof(OfANode)), CancelAfter(60_000)]
    public async Task ANodeLosesItsAddressesAndGetsThemBack(
        Func<Node, Fault> fault, CancellationToken cancellationToken)
    {
        foreach (var node in await LeaderAndAnotherAsync(cancellationToken))
        {
            await ActsAndHealsAsync(fault(node), cancellationToken, now => _cluster.PublicAddresses.All(
                address => now.OwnerOf(address) is { } owner && owner != node));
        }
    }

    [TestCase(Direction.Both), TestCase(Direction.FromTo), TestCase(Direction.ToFrom), CancelAfter(60_000)]
    public async Task APartitionIsSeenAndHealed(Direction direction, CancellationToken cancellationToken)
    {
        var nodes = await LeaderAndAnotherAsync(cancellationToken);
        await ActsAndHealsAsync(new Partition(nodes[0], nodes[1], direction), cancellationToken, now =>
            _cluster.PublicAddresses.All(address => now.OwnerOf(address) is { } owner && owner != nodes[1]));
    }

    [Test, CancelAfter(60_000)]
    public async Task APartitionWithoutTheLeaderIsSeenAndHealed(CancellationToken cancellationToken)
    {
        var leader = (await LeaderAndAnotherAsync(cancellationToken))[0];
        var others = _cluster.Nodes.Where(node => node != leader).ToList();
        await ActsAndHealsAsync(new Partition(others[0], others[1]), cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task AWitnessStopsAndStartsAgain(CancellationToken cancellationToken) =>
        await ActsAndHealsAsync(new StopWitness(_cluster.Nodes[1]), cancellationToken);

    [Test, CancelAfter(60_000)]
    public async Task AnAddressMovesAndGoesHome(CancellationToken cancellationToken)
    {
        foreach (var address in _cluster.PublicAddresses)
        {
            var owner = (await _cluster.ObserveAsync(cancellationToken)).OwnerOf(address);
            var other = _cluster.Nodes.First(node => node != owner);
            await ActsAndHealsAsync(new MoveAddress(address, other), cancellationToken);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task AShareMovesAndGoesHome(CancellationToken cancellationToken)
    {
        var share = _cluster.Shares.First(share => share.Kind == ShareKind.Failover);
        await ActsAndHealsAsync(new MoveShare(share, _cluster.Nodes[2]), cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task AClientIsMoved(CancellationToken cancellationToken)
    {
        await using var told = await ToldAsync(cancellationToken);
        await _cluster.ApplyAsync(new MoveClient(told.Client, _cluster.Nodes[2]), cancellationToken);

        (await told.HearsAsync(cancellationToken)).MessageType.Should().Be(NotificationKind.CLIENT_MOVE_NOTIFICATION);
    }

    [Test, CancelAfter(60_000)]
    public async Task AResourceIsToldToBeUnavailable(CancellationToken cancellationToken)
    {
        await using var told = await ToldAsync(cancellationToken);
        var fault = new ChangeResource(_cluster.PublicAddresses[0], InterfaceState.UNAVAILABLE);
        await _cluster.ApplyAsync(fault, cancellationToken);

        var heard = await told.HearsAsync(cancellationToken);

        WitnessBlobs.ReadResourceChanges(heard).Should().ContainSingle()
            .Which.ChangeType.Should().Be(ChangeType.RESOURCE_STATE_UNAVAILABLE);
        await _cluster.HealAsync(fault, cancellationToken);
        var back = (await told.Probe.NotifyAsync(told.Handle).WaitAsync(cancellationToken)).Response!;
        WitnessBlobs.ReadResourceChanges(back).Should().ContainSingle()
            .Which.ChangeType.Should().Be(ChangeType.RESOURCE_STATE_AVAILABLE);
    }

    [Test, CancelAfter(60_000)]
    public async Task AnAddressIsToldToBeOffline(CancellationToken cancellationToken)
    {
        await using var told = await ToldAsync(cancellationToken);
        var address = _cluster.PublicAddresses[0].Address;
        await _cluster.ApplyAsync(new ChangeAddress(told.Client, address, online: false), cancellationToken);

        var heard = await told.HearsAsync(cancellationToken);

        heard.MessageType.Should().Be(NotificationKind.IP_CHANGE_NOTIFICATION);
        WitnessBlobs.ReadAddressLists(heard).SelectMany(list => list).Should().Contain(AddressInfo.Offline(address));
    }

    [Test, CancelAfter(60_000)]
    public async Task AResponseIsForced(CancellationToken cancellationToken)
    {
        await using var told = await ToldAsync(cancellationToken);
        var response = WitnessBlobs.ResourceChange(
            new ResourceChange(ChangeType.RESOURCE_STATE_UNKNOWN, "one"),
            new ResourceChange(ChangeType.RESOURCE_STATE_AVAILABLE, "two"));
        await _cluster.ApplyAsync(new ForceResponse(told.Client, response), cancellationToken);

        (await told.HearsAsync(cancellationToken)).Should().Be(response);
    }

    [Test, CancelAfter(60_000)]
    public async Task ARegistrationIsForcedAway(CancellationToken cancellationToken)
    {
        await using var told = await ToldAsync(cancellationToken);
        await ActsAndHealsAsync(new ForceUnregister(told.Client), cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task ALostLockEndsTheLeaderAndIsHealed(CancellationToken cancellationToken)
    {
        var leader = (await LeaderAndAnotherAsync(cancellationToken))[0];
        await ActsAndHealsAsync(new LoseRecoveryLock(), cancellationToken, now =>
            now.Of(leader).Leader is { } next && next != leader.Name
            && _cluster.PublicAddresses.All(address => now.OwnerOf(address) is not null));
    }

    /// <param name="until">What is awaited beside the fault's own effect, such as the end of the take-over.</param>
    private async Task ActsAndHealsAsync(
        Fault fault, CancellationToken cancellationToken, Func<ClusterObservation, bool>? until = null)
    {
        var before = await _cluster.ObserveAsync(cancellationToken);
        _events.Clear();
        var started = TimeProvider.System.GetTimestamp();
        await _cluster.ApplyAsync(fault, cancellationToken);
        var acts = await UntilAsync(
            now => Effects.Seen(fault, before, now), _cluster.Limits.Effect, cancellationToken);
        acts.Should().NotBeNull($"{fault} is seen to act");
        var effect = TimeProvider.System.GetElapsedTime(started);
        var taken = until is null || await UntilAsync(
            now => until(now) ? "" : null, _cluster.Limits.Failover, cancellationToken) is not null;
        taken.Should().BeTrue($"addresses are taken over after {fault}: {await StateAsync(cancellationToken)}");
        var takeOver = TimeProvider.System.GetElapsedTime(started);
        await TakesAndReleasesAreInOrderAsync(fault, before, cancellationToken);

        started = TimeProvider.System.GetTimestamp();
        if (!fault.IsEvent)
        {
            await _cluster.HealAsync(fault, cancellationToken);
        }

        var back = await UntilAsync(
            now => Effects.Recovered(before, now, ownersMayDiffer: false) ? "" : null,
            _cluster.Limits.Recovery, cancellationToken);
        back.Should().NotBeNull($"the cluster recovers from {fault}: {await StateAsync(cancellationToken)}");
        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"{fault}: acts {effect.TotalMilliseconds:0} ms, taken over {takeOver.TotalMilliseconds:0} ms, ")
            + FormattableString.Invariant(
                $"back {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:0} ms: {acts}"));
    }

    /// <summary>Who owned an address lets go, by the sequence of the events, before the next owner takes it.</summary>
    private async Task TakesAndReleasesAreInOrderAsync(
        Fault fault, ClusterObservation before, CancellationToken cancellationToken)
    {
        var now = await _cluster.ObserveAsync(cancellationToken);
        foreach (var address in _cluster.PublicAddresses)
        {
            var (was, next) = (before.OwnerOf(address), now.OwnerOf(address));
            if (was is null || next is null || was == next)
            {
                continue;
            }

            var released = await EventAsync<ClusterEvent.AddressReleased>(e => e.Address == address && e.By == was);
            var taken = await EventAsync<ClusterEvent.AddressTaken>(e => e.Address == address && e.By == next);
            released.Should().NotBeNull($"{was} lets go of {address} after {fault}");
            taken.Should().NotBeNull($"{next} takes {address} after {fault}");
            released!.Sequence.Should().BeLessThan(taken!.Sequence, $"{address} has one owner after {fault}");
        }

        Task<T?> EventAsync<T>(Func<T, bool> isIt)
            where T : ClusterEvent => Poll.UntilAsync(
            () => Task.FromResult(_events.OfType<T>().FirstOrDefault(isIt)), TimeSpan.FromSeconds(5),
            TimeProvider.System, cancellationToken);
    }

    private Task<string?> UntilAsync(
        Func<ClusterObservation, string?> look, TimeSpan limit, CancellationToken cancellationToken) =>
        Poll.UntilAsync(
            async () => look(await _cluster.ObserveAsync(cancellationToken)), limit, TimeProvider.System,
            cancellationToken);

    private async Task<string> StateAsync(CancellationToken cancellationToken) =>
        Render.Cluster(await _cluster.ObserveAsync(cancellationToken));

    private async Task<IReadOnlyList<Node>> LeaderAndAnotherAsync(CancellationToken cancellationToken)
    {
        var seen = await _cluster.ObserveAsync(cancellationToken);
        var leader = _cluster.Nodes.Single(node => node.Name == seen.Nodes[0].Leader);
        return [leader, _cluster.Nodes.First(node => node != leader)];
    }

    private async Task<Told> ToldAsync(CancellationToken cancellationToken)
    {
        var seen = await _cluster.ObserveAsync(cancellationToken);
        var address = _cluster.PublicAddresses[0];
        var probe = await WitnessProbe.ConnectAsync(
            _cluster, _cluster.Nodes.First(node => node != seen.OwnerOf(address)), cancellationToken);
        var registered = await probe.RegisterExAsync(_cluster.NetName, address.Address);
        registered.Status.Should().Be(Protocol.Win32Error.ERROR_SUCCESS);
        return new Told(probe, registered.Context, probe.NotifyAsync(registered.Context));
    }

    /// <summary>A registered client that waits for a notification.</summary>
    private sealed record Told(WitnessProbe Probe, ContextHandle Handle, Task<AsyncNotifyResult> Pending)
        : IAsyncDisposable
    {
        public string Client => Probe.Name;

        public async Task<AsyncNotifyResponse> HearsAsync(CancellationToken cancellationToken) =>
            (await Pending.WaitAsync(cancellationToken)).Response!;

        public ValueTask DisposeAsync() => Probe.DisposeAsync();
    }
}
