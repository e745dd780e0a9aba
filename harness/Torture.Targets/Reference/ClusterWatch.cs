using System.Collections.Concurrent;
using System.Net;
using Torture.Harness.Clusters;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Reference;

/// <summary>
/// Turns what the nodes and their host tell into the cluster's events. A node that is killed or frozen cannot say
/// that it lost its addresses: it lost them when the host ended it or unplugged it, or, with ctdbd, when the others
/// gave it up.
/// </summary>
internal sealed class ClusterWatch(
    ClusterConfiguration cluster, IReadOnlyList<Node> nodes, INodeHost host, TimeProvider time,
    Action<ClusterEvent> tell)
    : IAsyncDisposable
{
    private const int Readings = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly OwnershipLedger _ledger = new(
        tell, time, Patience, isToldLate: cluster.Engine.Kind == EngineKind.Ctdb);
    private readonly CancellationTokenSource _over = new();
    private readonly List<Task> _watches = [];
    private readonly ConcurrentDictionary<string, bool> _isFrozen = new(StringComparer.Ordinal);

    /// <summary>Follows a node from now on, until it ends; returns once it is known what the node holds.</summary>
    public async Task FollowAsync(string node)
    {
        var known = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _watches.RemoveAll(watch => watch.IsCompleted);
            _watches.Add(FollowAsync(node, known));
        }

        await known.Task;
    }

    /// <summary>What the host saw.</summary>
    public void OnHost(HostEvent happened)
    {
        switch (happened)
        {
            case HostEvent.Exited exited:
                _ledger.ReleasedAll(At(exited.Sequence), Find(exited.Node), exited.Sequence);
                if (!exited.Expected)
                {
                    tell(new ClusterEvent.NodeDied(time.GetUtcNow(), Find(exited.Node), exited.Said));
                }

                break;
            case HostEvent.Frozen frozen:
                _isFrozen[frozen.Node] = frozen.IsFrozen;
                break;
            case HostEvent.Unplugged unplugged:
                Release(unplugged.Node, unplugged.Address, unplugged.Sequence);
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _over.Cancel();
        Task[] watches;
        lock (_gate)
        {
            watches = [.. _watches];
        }

        await Task.WhenAll(watches);
        _over.Dispose();
        _ledger.Dispose();
    }

    private async Task FollowAsync(string node, TaskCompletionSource known)
    {
        try
        {
            await using var port = await host.OpenControlAsync(node, _over.Token);
            await foreach (var heard in port.WatchAsync(_over.Token))
            {
                if (heard.Status is { } status)
                {
                    foreach (var held in status.Held)
                    {
                        Take(node, held.Address, held.Sequence);
                    }

                    known.TrySetResult();
                }
                else if (heard.Event is { } happened)
                {
                    OnEvent(node, happened);
                }
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or InvalidDataException)
        {
            // The node is gone, which the host tells, or the cluster is.
        }
        finally
        {
            known.TrySetResult();
        }
    }

    private void OnEvent(string node, NodeEvent happened)
    {
        switch (happened)
        {
            case { Kind: NodeEventKind.Taken, Address: { } address }:
                Take(node, address, happened.Sequence);
                break;
            case { Kind: NodeEventKind.Released, Address: { } address }:
                Release(node, address, happened.Sequence);
                break;
            case { Kind: NodeEventKind.State, State: { } state } when happened.Node == node:
                tell(new ClusterEvent.NodeStateChanged(At(happened.Sequence), Find(node), Translate.State(state)));
                break;
            case { Kind: NodeEventKind.State, State: MemberState.Disconnected }
                when cluster.Engine.Kind == EngineKind.Ctdb && _isFrozen.GetValueOrDefault(happened.Node):
                _ledger.ReleasedAll(At(happened.Sequence), Find(happened.Node), happened.Sequence);
                break;
        }
    }

    private void Take(string node, IPAddress address, long sequence) =>
        _ledger.Taken(At(sequence), address, Find(node), sequence);

    private void Release(string node, IPAddress address, long sequence) =>
        _ledger.Released(At(sequence), address, Find(node), sequence);

    private Node Find(string name) => nodes.First(node => node.Name == name);

    /// <summary>Monotonic nanoseconds of this machine, as nodes stamp with.</summary>
    public static long Now => SequenceOf(TimeProvider.System);

    private static long SequenceOf(TimeProvider time) => (long)(time.GetTimestamp() * (1e9 / time.TimestampFrequency));

    /// <summary>
    /// Nodes stamp with the host's monotonic clock, which is ours too. Both clocks are read as closely together as can
    /// be: this process may stand still in between.
    /// </summary>
    private DateTimeOffset At(long sequence)
    {
        var (width, at) = (long.MaxValue, DateTimeOffset.MinValue);
        for (var reading = 0; reading < Readings; reading++)
        {
            var before = SequenceOf(time);
            var utc = time.GetUtcNow();
            var after = SequenceOf(time);
            if (after - before < width)
            {
                (width, at) = (after - before, utc - TimeSpan.FromTicks((after - sequence) / 100));
            }
        }

        return at;
    }
}
