using System.Collections.Immutable;
using System.Net;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.ReferenceServer.Witness;
using Torture.Requirements;

namespace Torture.Mutants.Failover;

[Defect("A node never notices that its permission to serve has ended.")]
[Violates(Ctdb.StaleOwnerLetsGo)]
public sealed class FenceNeverCloses(MonotonicClock clock) : Fence(clock)
{
    public override bool Holds => Until > TimeSpan.Zero;
}

[Defect("A ban ends after a second.")]
[Violates(Ctdb.BannedNodeStaysOut)]
public sealed class BanEndsEarly(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    public override Task BanAsync(TimeSpan? time) => base.BanAsync(time is null ? null : TimeSpan.FromSeconds(1));
}

[Defect("The aliases and the qualified form of the cluster's name are unknown.")]
[Violates(Swn.NetNameSpellings)]
public sealed class AliasesUnknown(ClusterConfiguration cluster, NodeEntry self) : NodeClusterView(cluster, self)
{
    public override bool MatchesNetName(string name) => name.Equals(NetName, StringComparison.OrdinalIgnoreCase);
}

[Defect("An alias in capitals is not known, unless it is written so in the configuration.")]
[Violates(Swn.NetNameSpellings)]
public sealed class CapitalsNotKnown(ClusterConfiguration cluster, NodeEntry self) : NodeClusterView(cluster, self)
{
    private readonly string[] _names = [cluster.NetName, .. cluster.Aliases];

    public override bool MatchesNetName(string name) =>
        base.MatchesNetName(name) && (name.Any(char.IsAsciiLetterLower) || _names.Contains(name));
}

[Defect("Scale-out shares are taken for plain ones.")]
[Violates(Swn.RegisterAddressNotInList, Swn.RegisterExAddressNotInList, Swn.RegisterExUnknownShare)]
public sealed class ScaleOutNotKnown(ClusterConfiguration cluster, NodeEntry self) : NodeClusterView(cluster, self)
{
    public override IReadOnlyList<ShareInfo>? EnumerateShares() =>
        base.EnumerateShares()?.Select(share => share with { Kind = ShareKind.Plain }).ToArray();
}

[Defect("A share enumeration that fails is taken for one without scale-out shares.")]
[Violates(Swn.ShareEnumerationFails, Swn.RegisterExNoShares)]
public sealed class FailedEnumerationIgnored(ClusterConfiguration cluster, NodeEntry self)
    : NodeClusterView(cluster, self)
{
    public override IReadOnlyList<ShareInfo>? EnumerateShares() =>
        base.EnumerateShares() ?? [new ShareInfo("plain", ShareKind.Plain)];
}

[Defect("A user whose name begins with another's may log on with the other's password.")]
[Violates(Rpce.AuthenticationFails, House.WrongPasswordRefused)]
public sealed class LongerUserNameMatches(ClusterConfiguration cluster, NodeEntry self, NodeEnvironment environment)
    : ReferenceNode(cluster, self, environment with { Accounts = new ByBeginning(environment.Accounts) })
{
    private sealed class ByBeginning(INtlmAccounts accounts) : INtlmAccounts
    {
        public NtlmAccount? Find(string domain, string user) =>
            accounts.Find(domain, user) ?? (user.Length > 1 ? Find(domain, user[..^1]) : null);
    }
}

[Defect("The endpoint mapper knows no interface.")]
[Violates(Rpce.MapFindsInterface)]
public sealed class MapperIsEmpty(Random random) : EndpointMapperService(random)
{
    public override ImmutableArray<EndpointRegistration> Registrations => [];
}

[Defect("The endpoint mapper tells a port that nobody listens on.")]
[Violates(Rpce.MapReturnsUsableEndpoint, Swn.EndpointFromMapper)]
public sealed class MapperTellsWrongPort(Random random) : EndpointMapperService(random)
{
    protected override Tower TowerOf(EndpointRegistration registration, IPEndPoint local) =>
        base.TowerOf(registration with { Port = 9 }, local);
}

[Defect("With its witness service a node gives up its addresses.")]
[Violates(Ctdb.WitnessStopsAlone)]
public sealed class WitnessTakesAddressesAlong(
    ClusterConfiguration cluster, NodeEntry self, NodeEnvironment environment)
    : ReferenceNode(cluster, self, environment)
{
    public override async ValueTask StopWitnessAsync()
    {
        await base.StopWitnessAsync();
        await Engine.AdministerAsync(new ControlRequest(ControlVerb.Disable));
    }
}
