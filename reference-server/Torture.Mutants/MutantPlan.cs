using System.Reflection;
using Torture.Protocol.Rpc;
using Torture.ReferenceServer.Witness;

namespace Torture.Mutants;

/// <summary>The parts of a node that a mutant takes the place of; null where the good one stays.</summary>
public sealed class MutantPlan(Mutant mutant)
{
    public Mutant Mutant => mutant;

    public Func<NodeParts, WitnessService>? Witness => Of<NodeParts, WitnessService>();

    public Func<RpcServerOptions, RpcServer>? Rpc => Of<RpcServerOptions, RpcServer>();

    private Func<TParts, TPart>? Of<TParts, TPart>()
        where TParts : class
        where TPart : class =>
        mutant.Part.IsSubclassOf(typeof(TPart))
            ? parts => (TPart)Activator.CreateInstance(
                mutant.Part, BindingFlags.Public | BindingFlags.Instance, binder: null, [parts], culture: null)!
            : null;
}
