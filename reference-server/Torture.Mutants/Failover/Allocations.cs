using System.Net;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.Requirements;

namespace Torture.Mutants.Failover;

[Defect("One node gets all public addresses.")]
[Violates(Ctdb.AllocationEven)]
public sealed class AllAddressesToOneNode(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override IReadOnlyList<int> AssignAddresses(
        IReadOnlyList<int> homes, IReadOnlySet<int> eligible, IReadOnlyList<int> pinned,
        IReadOnlyList<int>? present) =>
        [.. homes.Select(_ => eligible.Count == 0 ? -1 : eligible.Min())];
}

[Defect("Disabled and unhealthy nodes keep their public addresses.")]
[Violates(Ctdb.OnlyHealthyNodesOwn, Ctdb.DisabledNodeGivesUpAddresses, Ctdb.LastNodeServes)]
public sealed class StateOfNodesIgnored(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override IReadOnlyList<int> AssignAddresses(
        IReadOnlyList<int> homes, IReadOnlySet<int> eligible, IReadOnlyList<int> pinned,
        IReadOnlyList<int>? present) =>
        base.AssignAddresses(homes, Enumerable.Range(0, Cluster.Nodes.Count()).ToHashSet(), pinned, present);
}

[Defect("With each node that comes or goes all addresses are at home on the next node.")]
[Violates(Ctdb.AllocationDeterministic)]
public sealed class HomesTurn(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    private HashSet<int> _before = [];
    private int _turned;

    protected override IReadOnlyList<int> AssignAddresses(
        IReadOnlyList<int> homes, IReadOnlySet<int> eligible, IReadOnlyList<int> pinned,
        IReadOnlyList<int>? present)
    {
        _turned += _before.SetEquals(eligible) ? 0 : 1;
        _before = [.. eligible];
        return base.AssignAddresses(
            [.. homes.Select(home => (home + _turned) % Cluster.Nodes.Count)], eligible, pinned, present);
    }
}

[Defect("No address is given to anybody while less than half of the nodes are there.")]
[Violates(Ctdb.TwoFailuresSurvived, Ctdb.LastNodeServes)]
public sealed class MajorityDemanded(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override IReadOnlyList<int> AssignAddresses(
        IReadOnlyList<int> homes, IReadOnlySet<int> eligible, IReadOnlyList<int> pinned,
        IReadOnlyList<int>? present) =>
        eligible.Count * 2 > Cluster.Nodes.Count
            ? base.AssignAddresses(homes, eligible, pinned, present)
            : [.. homes.Select(_ => -1)];
}

[Defect("An address that was moved stays where it is.")]
[Violates(Ctdb.MoveAddressMoves)]
public sealed class MovesIgnored(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override IReadOnlyList<int> AssignAddresses(
        IReadOnlyList<int> homes, IReadOnlySet<int> eligible, IReadOnlyList<int> pinned,
        IReadOnlyList<int>? present) =>
        base.AssignAddresses(homes, eligible, [.. pinned.Select(_ => -1)], present);
}

[Defect("An address whose node is lost is not given to another.")]
[Violates(Ctdb.EveryAddressServed, Ctdb.FailoverWithin, Ctdb.LastNodeServes)]
public sealed class NobodyTakesOver(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override IReadOnlyList<int> AssignAddresses(
        IReadOnlyList<int> homes, IReadOnlySet<int> eligible, IReadOnlyList<int> pinned,
        IReadOnlyList<int>? present) =>
        [.. homes.Select((home, item) => pinned[item] >= 0 ? pinned[item] : eligible.Contains(home) ? home : -1)];
}

[Defect("A node that is silent is never called dead.")]
[Violates(Ctdb.FailoverWithin, Ctdb.EveryAddressServed)]
public sealed class SilenceNotNoticed(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override bool IsExpired(TimeSpan since) => false;
}

[Defect("A node is called dead after a sixth of the silence that its profile allows.")]
[Violates(Ctdb.SlowIsNotDead)]
public sealed class LateTakenForDead(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override int KeepAliveLimit => base.KeepAliveLimit / 6;
}

[Defect("A node that was frozen goes on serving, however long it has not heard its leader.")]
[Violates(Ctdb.StaleOwnerLetsGo)]
public sealed class PermissionNeverEnds(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override TimeSpan PermissionTime => TimeSpan.FromDays(1);
}

[Defect("A node that lost its permission keeps its public addresses.")]
[Violates(Ctdb.StaleOwnerLetsGo, Ctdb.PartitionLoserLetsGo)]
public sealed class LostPermissionIgnored(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override void LosePermission(string why)
    {
    }
}

[Defect("An address is given to its next owner before the last one let go.")]
[Violates(Ctdb.OneOwnerPerAddress)]
public sealed class TakenBeforeReleased(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override bool IsFree(IPAddress address, IReadOnlyList<string> others) => true;
}

[Defect("IPv6 addresses stay unserved when their node is lost.")]
[Violates(Ctdb.EveryAddressServed, Ctdb.FailoverWithin)]
public sealed class IPv6NotTakenOver(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override IReadOnlyList<int> AssignAddresses(
        IReadOnlyList<int> homes, IReadOnlySet<int> eligible, IReadOnlyList<int> pinned,
        IReadOnlyList<int>? present)
    {
        var owners = base.AssignAddresses(homes, eligible, pinned, present);
        return
        [
            .. Cluster.PublicAddresses.Select((address, item) =>
                address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && pinned[item] < 0
                && !eligible.Contains(homes[item]) ? -1 : owners[item]),
        ];
    }
}

[Defect("A node that had once lost its addresses never gets one again.")]
[Violates(Ctdb.NodeReturns)]
public sealed class NeverTrustedAgain(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    private readonly HashSet<int> _wellOnce = [];
    private readonly HashSet<int> _lost = [];

    protected override IReadOnlyList<int> AssignAddresses(
        IReadOnlyList<int> homes, IReadOnlySet<int> eligible, IReadOnlyList<int> pinned,
        IReadOnlyList<int>? present)
    {
        _wellOnce.UnionWith(eligible);
        _lost.UnionWith(_wellOnce.Except(eligible));
        return base.AssignAddresses(homes, eligible.Except(_lost).ToHashSet(), pinned, present);
    }
}

[Defect("Who did not lead at the beginning never leads.")]
[Violates(Ctdb.LeaderLossSurvived, Ctdb.EveryAddressServed)]
public sealed class NobodyLeadsAfterwards(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override bool MayLead => base.MayLead && Snapshot.Table.Version == 0;
}

[Defect("A recovery leaves the generation as it was.")]
[Violates(Ctdb.GenerationGrows)]
public sealed class GenerationStays(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override long GenerationAfter(long generation) => Math.Max(generation, 1);
}

[Defect("An address that was let go of waits six seconds for its next owner.")]
[Violates(Ctdb.FailoverWithin, Ctdb.EveryAddressServed, Ctdb.RollingRestartSurvived)]
public sealed class FreeAddressesWait(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    private readonly Dictionary<IPAddress, TimeSpan> _freeSince = [];

    protected override bool IsFree(IPAddress address, IReadOnlyList<string> others)
    {
        if (!base.IsFree(address, others) || Snapshot.Table.OwnerOf(address) is not null)
        {
            _freeSince.Remove(address);
            return base.IsFree(address, others);
        }

        _freeSince.TryAdd(address, Parts.Clock.Now);
        return Snapshot.Table.Version == 0 || Parts.Clock.Now - _freeSince[address] > TimeSpan.FromSeconds(6);
    }
}

[Defect("What a third loss of nodes leaves behind is given to nobody.")]
[Violates(Ctdb.FlappingSurvived)]
public sealed class TwoLossesAreEnough(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    private int _before;
    private int _losses;

    protected override IReadOnlyList<int> AssignAddresses(
        IReadOnlyList<int> homes, IReadOnlySet<int> eligible, IReadOnlyList<int> pinned,
        IReadOnlyList<int>? present)
    {
        _losses += eligible.Count < _before ? 1 : 0;
        _before = eligible.Count;
        return _losses > 2
            ? [.. homes.Select(home => eligible.Contains(home) ? home : -1)]
            : base.AssignAddresses(homes, eligible, pinned, present);
    }
}
