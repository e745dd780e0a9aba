using System.Net;
using Torture.Protocol.Witness;

namespace Torture.ReferenceServer.Witness;

/// <summary>
/// An Interface ([MS-SWN] 3.1.1.2) as the cluster has it: at least one of the two addresses is there.
/// </summary>
/// <param name="GroupName">Name of the node that owns the address; while nobody does, of the last one.</param>
/// <param name="State">AVAILABLE while a node owns it, UNAVAILABLE while none does.</param>
/// <param name="IPv4">Null where the interface has none.</param>
/// <param name="IPv6">Null where the interface has none.</param>
public sealed record PublicInterface(string GroupName, InterfaceState State, IPAddress? IPv4, IPAddress? IPv6)
{
    /// <summary>An interface with one address of either family.</summary>
    public static PublicInterface Of(string groupName, InterfaceState state, IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? new PublicInterface(groupName, state, null, address)
            : new PublicInterface(groupName, state, address, null);

    public bool Has(IPAddress address) => address.Equals(IPv4) || address.Equals(IPv6);
}

/// <summary>What a share is in a cluster ([MS-SRVS] 2.2.2.4).</summary>
public enum ShareKind
{
    /// <summary>Not clustered.</summary>
    Plain,

    /// <summary>STYPE_CLUSTER_FS: one node serves it.</summary>
    Failover,

    /// <summary>STYPE_CLUSTER_SOFS: every node serves it.</summary>
    ScaleOut,
}

/// <summary>One share as a local NetrShareEnum tells it. Owner is null where every node serves it.</summary>
public sealed record ShareInfo(string Name, ShareKind Kind, string? Owner = null);

/// <summary>
/// The cluster as this node knows it. Every member may be called from any thread at any time, and must not call back
/// into the witness service.
/// </summary>
public interface IClusterView
{
    /// <summary>ServerGlobalName ([MS-SWN] 3.1.1.1), in its short form.</summary>
    string NetName { get; }

    /// <summary>Whether this names the cluster: short, fully qualified or an alias, in any letter case (A8).</summary>
    bool MatchesNetName(string name);

    /// <summary>
    /// All public addresses, an entry each, owned or not: an immutable list that is replaced as a whole. The witness
    /// service reads it when it starts and at each OnInterfacesChanged.
    /// </summary>
    IReadOnlyList<PublicInterface> Interfaces { get; }

    /// <summary>Whether this node holds the address now.</summary>
    bool IsHostedHere(IPAddress address);

    /// <summary>Null where the enumeration failed.</summary>
    IReadOnlyList<ShareInfo>? EnumerateShares();

    /// <summary>Name of this node.</summary>
    string LocalNode { get; }
}
