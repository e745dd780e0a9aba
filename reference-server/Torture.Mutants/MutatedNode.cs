using Torture.Protocol.Rpc;
using Torture.Protocol.Smb2;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.EndpointMapper;
using Torture.ReferenceServer.Failover;
using Torture.ReferenceServer.Management;
using Torture.ReferenceServer.Witness;

namespace Torture.Mutants;

/// <summary>
/// A node of which one part is a mutant. The mutant is named by its class, which is a subclass of a part and has the
/// constructor of that part; or it is a node of its own.
/// </summary>
public sealed class MutatedNode(
    Type mutant, ClusterConfiguration cluster, NodeEntry self, NodeEnvironment environment)
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

        var part = Mutants.Find(name)?.Part ?? throw new ConfigurationException($"no mutant \"{name}\"");
        return part.IsSubclassOf(typeof(ReferenceNode))
            ? (ReferenceNode)Activator.CreateInstance(part, cluster, self, environment)!
            : new MutatedNode(part, cluster, self, environment);
    }

    protected override Fence CreateFence(MonotonicClock clock) =>
        Mutated<Fence>(clock) ?? base.CreateFence(clock);

    protected override NodeClusterView CreateClusterView() =>
        Mutated<NodeClusterView>(Cluster, Self) ?? base.CreateClusterView();

    protected override WitnessService CreateWitnessService(NodeParts parts) =>
        Mutated<WitnessService>(parts) ?? base.CreateWitnessService(parts);

    protected override RpcServer CreateRpcServer(RpcServerOptions options) =>
        Mutated<RpcServer>(options) ?? base.CreateRpcServer(options);

    protected override FailoverEngine CreateFailoverEngine(FailoverParts parts) =>
        Mutated<FailoverEngine>(Cluster, Self, parts) ?? base.CreateFailoverEngine(parts);

    protected override Smb2Server CreateSmb2Server(Smb2ServerOptions options) =>
        Mutated<Smb2Server>(options) ?? base.CreateSmb2Server(options);

    protected override ManagementService CreateManagementService(Func<IReadOnlyList<SyntaxId>> interfaces) =>
        Mutated<ManagementService>(interfaces) ?? base.CreateManagementService(interfaces);

    protected override EndpointMapperService CreateEndpointMapperService(
        Func<IReadOnlyList<MappedEndpoint>> endpoints, Func<Guid> newHandle) =>
        Mutated<EndpointMapperService>(endpoints, newHandle) ?? base.CreateEndpointMapperService(endpoints, newHandle);

    private T? Mutated<T>(params object[] arguments)
        where T : class =>
        mutant.IsSubclassOf(typeof(T)) ? (T)Activator.CreateInstance(mutant, arguments)! : null;
}
