using Torture.Harness.Clusters;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Targets.Hooks;

/// <summary>
/// Observation for a cluster without a hook observe: every node's witness is asked for its interface list. An address
/// is owned by the node whose group most lists have it with, as available. States, links and leaders are not known.
/// </summary>
internal sealed class InterfaceListObserver(HookCluster cluster)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    public async Task<ClusterObservation> ObserveAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var seen = await Task.WhenAll(cluster.Nodes.Select(node => LookAsync(node, cancellationToken)));
        var lists = seen.Select(one => one.List).ToList();
        var owners = cluster.PublicAddresses.ToDictionary(address => address, address => OwnerOf(address, lists));
        return new ClusterObservation(at, [.. cluster.Nodes.Zip(seen, (node, one) =>
            new NodeObservation(node, one.Answers, NodeState.Unknown, Witness: one.List is not null)
            {
                Owned = [.. cluster.PublicAddresses.Where(address => IsGroup(owners[address], node))],
            })]);
    }

    /// <summary>Whether its endpoint mapper answers, and its witness's list; null: that did not answer.</summary>
    private async Task<(bool Answers, IReadOnlyList<WitnessInterface>? List)> LookAsync(
        Node node, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        var answers = false;
        try
        {
            var ask = new WitnessAsk(cluster, cluster.ObserverAddress);
            var witness = await ask.TryMapAsync(node, limit.Token);
            answers = true;
            return (true, witness is null
                ? null
                : await ask.ListAsync(witness, AuthenticationLevel.Integrity, limit.Token));
        }
        catch (Exception silent) when (silent is IOException
            || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (answers, null);
        }
    }

    private static string? OwnerOf(PublicAddress address, IEnumerable<IReadOnlyList<WitnessInterface>?> lists) =>
        lists.Where(list => list is not null)
            .Select(list => list!.FirstOrDefault(entry =>
                entry.IPv4.Equals(address.Address) || entry.IPv6.Equals(address.Address)))
            .Select(entry => entry is { State: InterfaceState.AVAILABLE } ? entry.GroupName : "")
            .GroupBy(group => group, StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(group => group.Count()).FirstOrDefault()?.Key;

    private static bool IsGroup(string? group, Node node) =>
        node.Name.Equals(group, StringComparison.OrdinalIgnoreCase);
}
