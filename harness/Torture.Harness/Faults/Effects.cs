using Torture.Harness.Clusters;

namespace Torture.Harness.Faults;

/// <summary>What observation shows of a fault, and when a cluster is back.</summary>
public static class Effects
{
    /// <summary>One line that says by what the fault is seen; null as long as it is not.</summary>
    public static string? Seen(Fault fault, ClusterObservation before, ClusterObservation now) => fault switch
    {
        KillNode kill => Gone(now.Of(kill.Node)),
        PauseNode pause => Suspended(now.Of(pause.Node)),
        StopNode stop => InState(now.Of(stop.Node), before, NodeState.Stopped),
        DisableNode disable => InState(now.Of(disable.Node), before, NodeState.Disabled),
        BanNode ban => InState(now.Of(ban.Node), before, NodeState.Banned),
        StopWitness stop => now.Of(stop.Node) is { Reachable: true, Witness: false } ? "its witness is gone" : null,
        MoveAddress move => now.OwnerOf(move.Address) == move.To ? $"{move.To} owns {move.Address}" : null,
        MoveShare move => now.OwnerOf(move.Share) == move.To ? $"{move.To} owns {move.Share}" : null,
        Partition cut => Cut(cut, now),
        StallRecoveryLock => Stalled(before.Leader, now),
        LoseRecoveryLock => LeadsNoMore(before.Leader, now),
        ForceUnregister force => Unregistered(force, before, now),
        MoveClient move => CarriedOut(fault, move.ClientName, before, now),
        TellShareMove move => CarriedOut(fault, move.ClientName, before, now),
        ChangeAddress change => CarriedOut(fault, change.ClientName, before, now),
        ForceResponse force => CarriedOut(fault, force.ClientName, before, now),
        ChangeResource change => CarriedOut(fault, change.Address.ToString(), before, now),
        // Of a fault of a link no node tells: packets show it alone. What a case checks is shown by its check.
        _ => null,
    };

    /// <summary>What is so before a fault cannot show that it acts; null: it is not so, or leaves no state.</summary>
    public static string? IsSoAlready(Fault fault, ClusterObservation before) =>
        fault is KillNode or PauseNode or StopNode or DisableNode or BanNode or StopWitness or MoveAddress or MoveShare
            or Partition
            ? Seen(fault, before, before)
            : null;

    /// <summary>An administrator's event leaves no state behind: the nodes tell what they have carried out.</summary>
    private static string? CarriedOut(
        Fault fault, string? subject, ClusterObservation before, ClusterObservation now)
    {
        var nodes = now.Nodes.Where(node => before.Of(node.Node) is { Reachable: true } was
            && node.Events?.Any(done => done.Number > Last(was) && done.Kind == fault.Needs
                && done.Subject == subject) == true).Select(node => node.Node.Name).ToList();
        return nodes.Count > 0 ? $"carried out by {string.Join(", ", nodes)}" : null;

        static long Last(NodeObservation node) => node.Events?.LastOrDefault()?.Number ?? 0;
    }

    /// <summary>States, links and, unless the fault moves them, owners are those of the baseline.</summary>
    public static bool Recovered(ClusterObservation baseline, ClusterObservation now, bool ownersMayDiffer) =>
        WhyNotRecovered(baseline, now, ownersMayDiffer) is null;

    /// <returns>What is not as it was; null: all is.</returns>
    public static string? WhyNotRecovered(ClusterObservation baseline, ClusterObservation now, bool ownersMayDiffer)
    {
        var addresses = baseline.Nodes.SelectMany(node => node.Owned).Distinct();
        return baseline.Nodes.Select(was => Changed(was, now.Of(was.Node))).FirstOrDefault(change => change is not null)
            ?? now.Disagreement
            ?? addresses.Where(address => now.OwnerOf(address) is not { } owner
                    || (!ownersMayDiffer && owner != baseline.OwnerOf(address)))
                .Select(address => $"{address} is {Whose(now.OwnersOf(address))}").FirstOrDefault()
            ?? baseline.ShareOwners.Where(share => !ownersMayDiffer
                    && now.ShareOwners.GetValueOrDefault(share.Key) != share.Value)
                .Select(share => $"{share.Key} is not {share.Value}'s").FirstOrDefault();
    }

    private static string? Changed(NodeObservation was, NodeObservation node) =>
        node.Reachable != was.Reachable ? $"{node.Node} does {(node.Reachable ? "" : "not ")}answer"
        : node.State != was.State ? $"{node.Node} is {node.State}"
        : node.Witness != was.Witness ? $"the witness of {node.Node} is {node.Witness}"
        : node.Process != was.Process ? $"the process of {node.Node} is {node.Process}"
        : node.Leader is null != was.Leader is null ? $"{node.Node} follows {node.Leader ?? "nobody"}"
        : !was.Links.ToHashSet().SetEquals(node.Links)
            ? $"{node.Node} holds up its links to {string.Join(", ", node.Links)} and no others"
        : null;

    private static string Whose(IReadOnlyList<Node> owners) =>
        owners.Count == 0 ? "nobody's" : $"{string.Join(" and ", owners)}'s";

    private static string? Gone(NodeObservation node) =>
        !node.Reachable && node.Process is ProcessState.Gone or ProcessState.Unknown && !node.Reachable
            ? $"{node.Node} does not answer, its process is gone"
            : null;

    private static string? Suspended(NodeObservation node) =>
        !node.Reachable && node.Process is ProcessState.Suspended or ProcessState.Unknown && !node.Reachable
            ? $"{node.Node} does not answer, its process is suspended"
            : null;

    /// <summary>Where nobody tells states, that it hosts nothing any more has to do.</summary>
    private static string? InState(NodeObservation node, ClusterObservation before, NodeState state) =>
        !node.Reachable ? null
        : node.State == state ? $"{node.Node} is {state}"
        : node is { State: NodeState.Unknown, Owned.Count: 0 } && before.Of(node.Node).Owned.Count > 0
            ? $"{node.Node} hosts nothing any more"
        : null;

    private static string? Cut(Partition cut, ClusterObservation now)
    {
        var from = now.Of(cut.From);
        var to = now.Of(cut.To);
        return !from.Links.Contains(cut.To.Name) || !to.Links.Contains(cut.From.Name)
            ? $"the link of {cut.From} and {cut.To} is down"
            : null;
    }

    /// <summary>The holder answers nobody, and nobody leads in its place.</summary>
    private static string? Stalled(Node? holder, ClusterObservation now) =>
        holder is not null && !now.Of(holder).Reachable && now.Nodes.Any(node => node.Reachable)
        && now.Nodes.All(node => node.Leader is null)
            ? $"{holder} does not answer, and nobody leads in its place"
            : null;

    private static string? LeadsNoMore(Node? holder, ClusterObservation now) =>
        holder is not null && now.Of(holder).Reachable
        && now.Nodes.All(node => node.Leader != holder.Name)
            ? $"{holder} leads no more"
            : null;

    /// <summary>Registrations also go because nobody uses them: a node has to say that it was told to.</summary>
    private static string? Unregistered(ForceUnregister force, ClusterObservation before, ClusterObservation now)
    {
        var had = Count(before);
        return had > 0 && Count(now) < had && CarriedOut(force, force.ClientName, before, now) is { } done
            ? $"{had} registrations of {force.ClientName} became {Count(now)}, {done}"
            : null;

        int Count(ClusterObservation seen) => seen.Nodes.Sum(
            node => node.Registrations.Count(registration => registration.ClientName == force.ClientName));
    }
}
