using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.Targets.Frauds;

/// <summary>Breaks nothing and reports the effect of what it did not do: the wire must contradict it.</summary>
internal sealed class LyingObserver(ICluster cluster) : PassingCluster(cluster)
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];

    public override Task ApplyAsync(Fault fault, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _faults.Add(fault);
        }

        return Task.CompletedTask;
    }

    public override Task HealAsync(Fault fault, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _faults.Remove(fault);
        }

        return Task.CompletedTask;
    }

    public override async Task<ClusterObservation> ObserveAsync(CancellationToken cancellationToken)
    {
        var seen = await base.ObserveAsync(cancellationToken);
        lock (_gate)
        {
            return _faults.Aggregate(seen, Lie);
        }
    }

    private static ClusterObservation Lie(ClusterObservation seen, Fault fault) => fault switch
    {
        KillNode kill => Lose(Silence(seen, kill.Node, ProcessState.Gone), kill.Node),
        PauseNode pause => Lose(Silence(seen, pause.Node, ProcessState.Suspended), pause.Node),
        StopNode stop => Lose(Say(seen, stop.Node, node => node with { State = NodeState.Stopped }), stop.Node),
        DisableNode disable => Lose(
            Say(seen, disable.Node, node => node with { State = NodeState.Disabled }), disable.Node),
        BanNode ban => Lose(Say(seen, ban.Node, node => node with { State = NodeState.Banned }), ban.Node),
        StopWitness stop => Say(seen, stop.Node, node => node with { Witness = false }),
        MoveAddress move => Give(seen, move.Address, move.To),
        MoveShare move => seen with
        {
            ShareOwners = new Dictionary<string, string>(seen.ShareOwners) { [move.Share.Name] = move.To.Name },
        },
        Partition cut => Say(
            Say(seen, cut.From, node => Unlink(node, cut.To)), cut.To, node => Unlink(node, cut.From)),
        ForceUnregister force => seen with
        {
            Nodes = [.. CarryOut(seen, fault, force.ClientName).Nodes.Select(node => node with
            {
                Registrations = [.. node.Registrations.Where(known => known.ClientName != force.ClientName)],
            })],
        },
        MoveClient move => CarryOut(seen, fault, move.ClientName),
        TellShareMove move => CarryOut(seen, fault, move.ClientName),
        ChangeAddress change => CarryOut(seen, fault, change.ClientName),
        ForceResponse force => CarryOut(seen, fault, force.ClientName),
        ChangeResource change => CarryOut(seen, fault, change.Address.ToString()),
        StallRecoveryLock when seen.Leader is { } holder => Lead(
            Silence(seen, holder, ProcessState.Suspended), leader: null),
        LoseRecoveryLock when seen.Leader is { } holder => Lead(
            seen, seen.Nodes.First(node => node.Node != holder).Node),
        _ => seen,
    };

    private static ClusterObservation CarryOut(ClusterObservation seen, Fault fault, string? subject) => seen with
    {
        Nodes = [.. seen.Nodes.Select(node => node with
        {
            Events = [.. node.Events ?? [], new((node.Events?.LastOrDefault()?.Number ?? 0) + 1, fault.Needs, subject)],
        })],
    };

    private static ClusterObservation Lead(ClusterObservation seen, Node? leader) => seen with
    {
        Nodes = [.. seen.Nodes.Select(node => node with { Leader = leader?.Name })],
    };

    private static ClusterObservation Say(
        ClusterObservation seen, Node who, Func<NodeObservation, NodeObservation> what) =>
        seen with { Nodes = [.. seen.Nodes.Select(node => node.Node == who ? what(node) : node)] };

    private static NodeObservation Unlink(NodeObservation node, Node peer) =>
        node with { Links = [.. node.Links.Where(link => link != peer.Name)] };

    private static ClusterObservation Silence(ClusterObservation seen, Node who, ProcessState process) => Say(
        seen, who, node => new NodeObservation(who, Reachable: false, NodeState.Unknown, process, Witness: false)
        {
            Owned = node.Owned,
        });

    /// <summary>The next node takes what the node is said to have lost.</summary>
    private static ClusterObservation Lose(ClusterObservation seen, Node who)
    {
        var heir = seen.Nodes.First(node => node.Node != who).Node;
        return seen.Of(who).Owned.Aggregate(seen, (told, address) => Give(told, address, heir));
    }

    private static ClusterObservation Give(ClusterObservation seen, PublicAddress address, Node to) => seen with
    {
        Nodes = [.. seen.Nodes.Select(node => node with
        {
            Owned = node.Node == to
                ? [.. node.Owned.Append(address).Distinct()]
                : [.. node.Owned.Where(owned => owned != address)],
        })],
    };
}
