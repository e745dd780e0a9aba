using System.Collections.Concurrent;
using System.Collections.Immutable;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Protocol.EndpointMapper;

/// <summary>What is left of unfinished enumerations; goes with the association that asked.</summary>
internal sealed class LookupHandles(Random random)
{
    private const int HandlesOfAnAssociation = 64;

    private readonly ConcurrentDictionary<AssociationGroup, Dictionary<Guid, ImmutableArray<EndpointRegistration>>>
        _associations = new();

    /// <summary>A handle for the rest; zero where there is none, or where the client holds too many.</summary>
    public ContextHandle Keep(AssociationGroup association, ImmutableArray<EndpointRegistration> rest)
    {
        if (rest.IsEmpty)
        {
            return ContextHandle.Null;
        }

        var handles = Of(association);
        lock (handles)
        {
            if (handles.Count >= HandlesOfAnAssociation)
            {
                return ContextHandle.Null;
            }

            var id = NextId();
            handles[id] = rest;
            return new ContextHandle(0, id);
        }
    }

    /// <exception cref="RpcFaultException">No such handle: context mismatch.</exception>
    public ImmutableArray<EndpointRegistration> Take(AssociationGroup association, ContextHandle handle)
    {
        var handles = Of(association);
        lock (handles)
        {
            return handles.Remove(handle.Uuid, out var rest)
                ? rest
                : throw new RpcFaultException(RpcFault.nca_s_fault_context_mismatch);
        }
    }

    private Dictionary<Guid, ImmutableArray<EndpointRegistration>> Of(AssociationGroup association)
    {
        if (_associations.TryGetValue(association, out var known))
        {
            return known;
        }

        var handles = _associations.GetOrAdd(association, []);
        association.OnRundown(() => _associations.TryRemove(association, out _));
        return handles;
    }

    private Guid NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (random)
        {
            random.NextBytes(bytes);
        }

        return new Guid(bytes);
    }
}
