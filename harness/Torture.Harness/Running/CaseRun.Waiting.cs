using Torture.Harness.Clusters;

namespace Torture.Harness.Running;

internal sealed partial class CaseRun
{
    /// <summary>For what the target is to do: that it does not is no fault of the product.</summary>
    public async Task WithinAsync(Task doing, TimeSpan limit, CancellationToken cancellationToken, string otherwise)
    {
        try
        {
            await doing.WaitAsync(limit, Time, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new InconclusiveException(
                FormattableString.Invariant($"{otherwise} within {limit.TotalSeconds:0.###} s"), late);
        }
    }

    public async Task<ClusterObservation> UntilAsync(
        Func<ClusterObservation, bool> condition, string what, TimeSpan? limit)
    {
        ClusterObservation? last = null;
        var seen = await Poll.UntilAsync(
            async () =>
            {
                last = await Cluster.ObserveAsync(Deadline);
                return condition(last) ? last : null;
            },
            limit ?? Limits.Recovery, Time, Deadline);
        return seen ?? throw new InconclusiveException($"not seen: {what}; the cluster was {Render.Cluster(last)}");
    }

    public async Task<T> AskUntilAsync<T>(Func<Task<T>> ask, Func<T, bool> becomes, TimeSpan? limit)
        where T : class
    {
        T? last = null;
        await Poll.UntilAsync(
            async () =>
            {
                last = await ask();
                return becomes(last) ? last : null;
            },
            limit ?? Limits.Notification, Time, Deadline);
        return last!;
    }

    public async Task<Node> OwnerOfAsync(PublicAddress address)
    {
        var observed = await UntilAsync(seen => seen.OwnerOf(address) is not null, $"one owner of {address}", null);
        return observed.OwnerOf(address)!;
    }

    public async Task<Node> LeaderAsync()
    {
        var observed = await UntilAsync(seen => Leader(seen) is not null, "one leader whom all nodes name", null);
        return Leader(observed)!;

        Node? Leader(ClusterObservation seen) =>
            seen.Nodes.Select(node => node.Leader).Distinct().ToList() is [{ } name]
                ? Cluster.Nodes.FirstOrDefault(node => node.Name == name)
                : null;
    }

    public async Task<Node> WitnessForAsync(params PublicAddress[] addresses)
    {
        if (!Cluster.Capabilities.Has(Capability.Observe))
        {
            return await WitnessByListAsync(addresses);
        }

        Node? Fit(ClusterObservation seen) => seen.Nodes.FirstOrDefault(
            node => node is { Reachable: true, Witness: true, State: NodeState.Ok }
                && !node.Owned.Intersect(addresses).Any())?.Node;

        var observed = await UntilAsync(
            seen => addresses.All(address => seen.OwnerOf(address) is not null) && Fit(seen) is not null,
            $"a witness for {string.Join(" and ", addresses.AsEnumerable())}", null);
        return Fit(observed)!;
    }

    /// <summary>The first node whose own list says that it can be a witness for the addresses.</summary>
    private async Task<Node> WitnessByListAsync(PublicAddress[] addresses)
    {
        foreach (var node in Cluster.Nodes)
        {
            await using var witness = await ConnectAsync(node.Address, null);
            var list = await witness.GetInterfaceListAsync();
            if (addresses.All(address => list.Interfaces.Any(entry =>
                (entry.IPv4.Equals(address.Address) || entry.IPv6.Equals(address.Address))
                && entry.Flags.HasFlag(Torture.Protocol.Witness.InterfaceFlags.INTERFACE_WITNESS))))
            {
                return node;
            }
        }

        throw new InconclusiveException(
            $"no node's interface list offers a witness for {string.Join(" and ", addresses.AsEnumerable())}");
    }
}
