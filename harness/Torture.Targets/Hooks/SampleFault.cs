using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Protocol.Witness;

namespace Torture.Targets.Hooks;

/// <summary>A fault of each verb that fits the cluster as it is.</summary>
internal static class SampleFault
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);

    private const double Part = 0.5;

    /// <returns>Null: the cluster has nothing to try it on. The fault is made for a client of that name.</returns>
    public static async Task<Func<string, Fault>?> OfAsync(
        HookVerb verb, ICluster cluster, CancellationToken cancellationToken)
    {
        var seen = await cluster.ObserveAsync(cancellationToken);
        var address = cluster.PublicAddresses[0];
        var victim = Victim(seen);
        var share = cluster.Shares.FirstOrDefault(one => one.Kind == ShareKind.Failover);
        var other = cluster.Nodes.FirstOrDefault(node => node != victim);
        Fault? fault = verb.Name switch
        {
            "kill" => new KillNode(victim),
            "pause" => new PauseNode(victim),
            "stop" => new StopNode(victim),
            "disable" => new DisableNode(victim),
            "ban" => new BanNode(victim),
            "stop-witness" => new StopWitness(victim),
            "move-address" => Elsewhere(seen.OwnerOf(address), cluster) is { } to ? new MoveAddress(address, to) : null,
            "move-share" => share is not null && Elsewhere(seen.OwnerOf(share), cluster) is { } to
                ? new MoveShare(share, to)
                : null,
            "change-resource" => new ChangeResource(address, InterfaceState.UNAVAILABLE),
            "partition" => other is null ? null : new Partition(victim, other),
            "slow-link" => new SlowLink(victim, Delay),
            "lossy-link" => new LossyLink(victim, Part),
            "duplicating-link" => new DuplicatingLink(victim, Part),
            "reordering-link" => new ReorderingLink(victim, Part, Delay),
            "flapping-link" => new FlappingLink(victim, Delay * 5, Delay * 5),
            "stall-lock" => new StallRecoveryLock(),
            "lose-lock" => new LoseRecoveryLock(),
            _ => null,
        };
        return fault is null ? ForClient(verb, address, victim) : _ => fault;
    }

    private static Func<string, Fault>? ForClient(HookVerb verb, PublicAddress address, Node node) => verb.Name switch
    {
        "move-client" => client => new MoveClient(client, node),
        "change-address" => client => new ChangeAddress(client, address.Address, online: true),
        "force-unregister" => client => new ForceUnregister(client),
        "force-response" => client => new ForceResponse(client, WitnessBlobs.ClientMove(
            AddressInfo.Online(address.Address))),
        _ => null,
    };

    /// <summary>Somebody whom others miss, and preferably not the leader, whose loss is a matter of its own.</summary>
    private static Node Victim(ClusterObservation seen)
    {
        var owners = seen.Nodes.Where(node => node.Owned.Count > 0).DefaultIfEmpty(seen.Nodes[0]).ToList();
        return (owners.LastOrDefault(node => node.Leader != node.Node.Name) ?? owners[^1]).Node;
    }

    private static Node? Elsewhere(Node? owner, ICluster cluster) =>
        owner is null ? null : cluster.Nodes.FirstOrDefault(node => node != owner);
}
