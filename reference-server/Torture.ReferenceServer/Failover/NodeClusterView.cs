using System.Collections.Immutable;
using System.Net;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Witness;

namespace Torture.ReferenceServer.Failover;

/// <summary>The cluster as the witness service of a node sees it: the leader's table.</summary>
public class NodeClusterView(ClusterConfiguration cluster, NodeEntry self) : IClusterView
{
    private ImmutableArray<PublicInterface> _interfaces = Build(cluster, ClusterTable.Empty);
    private ClusterTable _table = ClusterTable.Empty;

    /// <summary>Share enumeration fails, as a test asked for it.</summary>
    public bool FailEnumeration { get; set; }

    /// <summary>Tells what the node holds.</summary>
    public Func<IPAddress, bool> Holds { get; set; } = _ => false;

    public string NetName => cluster.NetName;

    public IReadOnlyList<PublicInterface> Interfaces => _interfaces;

    public string LocalNode => self.Name;

    public virtual bool MatchesNetName(string name) =>
        cluster.Aliases.Prepend(cluster.NetName).Contains(name, StringComparer.OrdinalIgnoreCase);

    public virtual bool IsHostedHere(IPAddress address) => Holds(address);

    public virtual IReadOnlyList<ShareInfo>? EnumerateShares() =>
        FailEnumeration ? null : [.. cluster.Shares.Select(Told)];

    internal void Adopt(ClusterTable table)
    {
        _table = table;
        _interfaces = Build(cluster, table);
    }

    private ShareInfo Told(ShareEntry share) => share.Kind switch
    {
        ShareEntryKind.ScaleOut => new ShareInfo(share.Name, ShareKind.ScaleOut),
        ShareEntryKind.Failover => new ShareInfo(share.Name, ShareKind.Failover, _table.OwnerOf(share.Name)),
        _ => new ShareInfo(share.Name, ShareKind.Plain),
    };

    private static ImmutableArray<PublicInterface> Build(ClusterConfiguration cluster, ClusterTable table) =>
    [
        .. cluster.PublicAddresses.Select((address, index) => PublicInterface.Of(
            table.OwnerOf(address) ?? table.LastOwnerOf(address) ?? cluster.Nodes[index % cluster.Nodes.Count].Name,
            table.OwnerOf(address) is null ? InterfaceState.UNAVAILABLE : InterfaceState.AVAILABLE,
            address)),
    ];
}
