using System.Reflection;
using Torture.Protocol.Rpc;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.ReferenceServer.Witness;

namespace Torture.Mutants;

/// <summary>The parts of a node that a mutant takes the place of; null where the good one stays.</summary>
public sealed class MutantPlan(Mutant mutant)
{
    public Mutant Mutant => mutant;

    public Func<NodeParts, WitnessService>? Witness =>
        Replaces<WitnessService>() ? parts => Create<WitnessService>(parts) : null;

    public Func<RpcServerOptions, RpcServer>? Rpc =>
        Replaces<RpcServer>() ? options => Create<RpcServer>(options) : null;

    public Func<ClusterConfiguration, NodeEntry, FailoverParts, FailoverEngine>? Failover =>
        Replaces<FailoverEngine>()
            ? (cluster, self, parts) => Create<FailoverEngine>(cluster, self, parts)
            : null;

    private bool Replaces<TPart>() => mutant.Part.IsSubclassOf(typeof(TPart));

    private TPart Create<TPart>(params object[] parts) => (TPart)Activator.CreateInstance(
        mutant.Part, BindingFlags.Public | BindingFlags.Instance, binder: null, parts, culture: null)!;
}
