using Torture.Protocol.Rpc;
using Torture.Protocol.Smb2;
using Torture.ReferenceServer.Control;
using Torture.Protocol.EndpointMapper;
using Torture.ReferenceServer.Failover;
using Torture.Protocol.Management;
using Torture.ReferenceServer.Takeover;
using Torture.ReferenceServer.Witness;

namespace Torture.Mutants;

/// <summary>
/// A node of which one part is a mutant. The mutant is named by its class, which is a subclass of a part and has the
/// constructor of that part; or it is a node of its own.
/// </summary>
public sealed class MutatedNode(
    Mutant mutant, ClusterConfiguration cluster, NodeEntry self, NodeEnvironment environment)
    : ReferenceNode(cluster, self, environment)
{
    /// <param name="name">Null: the reference node.</param>
    /// <exception cref="ConfigurationException">There is no such mutant.</exception>
    public static ReferenceNode Create(
        string? name, ClusterConfiguration cluster, NodeEntry self, NodeEnvironment environment)
    {
        if (name is null)
        {
            return new ReferenceNode(cluster, self, environment);
        }

        var mutant = Mutants.Find(name) ?? throw new ConfigurationException($"no mutant \"{name}\"");
        return mutant.Create<ReferenceNode>(cluster, self, environment)
            ?? new MutatedNode(mutant, cluster, self, environment);
    }

    protected override Fence CreateFence(MonotonicClock clock) =>
        mutant.Create<Fence>(clock) ?? base.CreateFence(clock);

    protected override NodeClusterView CreateClusterView() =>
        mutant.Create<NodeClusterView>(Cluster, Self) ?? base.CreateClusterView();

    protected override WitnessService CreateWitnessService(NodeParts parts) =>
        mutant.Create<WitnessService>(parts) ?? base.CreateWitnessService(parts);

    protected override RpcServer CreateRpcServer(RpcServerOptions options) =>
        mutant.Create<RpcServer>(options) ?? base.CreateRpcServer(options);

    protected override FailoverEngine CreateFailoverEngine(FailoverParts parts) =>
        mutant.Create<FailoverEngine>(Cluster, Self, parts) ?? base.CreateFailoverEngine(parts);

    protected override IAddressPlane CreateAddressPlane(AddressPlaneParts parts) =>
        mutant.Create<KernelAddressPlane>(parts) ?? base.CreateAddressPlane(parts);

    protected override Smb2Server CreateSmb2Server(Smb2ServerOptions options) =>
        mutant.Create<Smb2Server>(options) ?? base.CreateSmb2Server(options);

    protected override ManagementService CreateManagementService(RpcServer server) =>
        mutant.Create<ManagementService>(server) ?? base.CreateManagementService(server);

    protected override EndpointMapperService CreateEndpointMapperService(Random random) =>
        mutant.Create<EndpointMapperService>(random) ?? base.CreateEndpointMapperService(random);
}
