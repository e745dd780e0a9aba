using Torture.Harness.Clusters;
using Torture.Harness.Witness;
using Torture.Protocol.Witness;

namespace Torture.Harness.Running;

/// <summary>What a case wants of a registration; null is for the harness to choose.</summary>
internal sealed record RegisterWish(
    PublicAddress? Address, Node? On, Share? Share, string? NetName, TimeSpan? KeepAlive, RegisterFlags Flags,
    uint Version, CaseClient Client, WitnessConnection? Over, ConnectOptions? Options);
