using Torture.Harness.Clusters;

namespace Torture.Harness.Running;

internal sealed partial class CaseRun
{
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

    public async Task<Node> WitnessForAsync(PublicAddress address)
    {
        if (!Cluster.Capabilities.Has(Capability.Observe))
        {
            return await WitnessByListAsync(address);
        }

        Node? Fit(ClusterObservation seen) => seen.Nodes.FirstOrDefault(
            node => node is { Reachable: true, Witness: true, State: NodeState.Ok }
                && !node.Owned.Contains(address))?.Node;

        var observed = await UntilAsync(
            seen => seen.OwnerOf(address) is not null && Fit(seen) is not null, $"a witness for {address}", null);
        return Fit(observed)!;
    }

    /// <summary>The first node whose own list says that it can be a witness for the address.</summary>
    private async Task<Node> WitnessByListAsync(PublicAddress address)
    {
        foreach (var node in Cluster.Nodes)
        {
            await using var witness = await ConnectAsync(node.Address, null);
            var list = await witness.GetInterfaceListAsync();
            if (list.Interfaces.Any(entry =>
                (entry.IPv4.Equals(address.Address) || entry.IPv6.Equals(address.Address))
                && entry.Flags.HasFlag(Torture.Protocol.Witness.InterfaceFlags.INTERFACE_WITNESS)))
            {
                return node;
            }
        }

        throw new InconclusiveException($"no node's interface list offers a witness for {address}");
    }
}
