namespace Torture.Suites.Rpc.Witness;

/// <summary>Requests that a server must accept; a case changes what it is about.</summary>
internal static class Valid
{
    public static RegisterRequest Register(ICluster cluster, CaseClient client) =>
        new(WitnessVersion.V1, cluster.NetName, cluster.PublicAddresses[0].ToString(), client.Name);

    public static RegisterExRequest RegisterEx(ICluster cluster, CaseClient client) =>
        new(
            WitnessVersion.V2, cluster.NetName, null, cluster.PublicAddresses[0].ToString(), client.Name,
            RegisterFlags.WITNESS_REGISTER_NONE, KeepAliveTimeout: 120);

    public static Share ScaleOutShare(ICluster cluster) =>
        cluster.Shares.First(share => share.Kind == ShareKind.ScaleOut);
}
