using System.Net;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;

namespace Torture.SelfTests.Witness;

/// <summary>A cluster view that a test writes by hand: three nodes, an address each, seen from n1.</summary>
internal sealed class FakeCluster : IClusterView
{
    public static readonly IPAddress A1 = IPAddress.Parse("10.0.0.1");
    public static readonly IPAddress A2 = IPAddress.Parse("10.0.0.2");
    public static readonly IPAddress A3 = IPAddress.Parse("fd00::3");

    public string NetName => "CLUSTER";

    public IReadOnlyList<PublicInterface> Interfaces { get; set; } =
    [
        PublicInterface.Of("n1", InterfaceState.AVAILABLE, A1),
        PublicInterface.Of("n2", InterfaceState.AVAILABLE, A2),
        PublicInterface.Of("n3", InterfaceState.AVAILABLE, A3),
    ];

    public IReadOnlyList<ShareInfo>? Shares { get; set; } =
        [new("scale", ShareKind.ScaleOut), new("home", ShareKind.Failover, "n1"), new("plain", ShareKind.Plain)];

    public HashSet<IPAddress> Here { get; } = [A1];

    public string LocalNode => "n1";

    public bool MatchesNetName(string name) =>
        new[] { "cluster", "cluster.test", "alias" }.Contains(name, StringComparer.OrdinalIgnoreCase);

    public bool IsHostedHere(IPAddress address) => Here.Contains(address);

    public IReadOnlyList<ShareInfo>? EnumerateShares() => Shares;

    /// <summary>The interface of this address in its next state.</summary>
    public void Change(IPAddress address, string groupName, InterfaceState state) =>
        Interfaces = [.. Interfaces.Select(e => e.Has(address) ? e with { GroupName = groupName, State = state } : e)];
}
