using System.Collections.Concurrent;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.Targets.Containers.Links;

/// <summary>The links of a cluster that are bad now.</summary>
/// <param name="portOf">The end of a link that is in a bridge, as this machine names it, and that bridge.</param>
/// <param name="seed">Of the run.</param>
internal sealed class LinkTroubles(
    Func<Node, NodeLink, (string Port, string Bridge)> portOf, int seed, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<(Node Node, NodeLink Link), IDisposable> _bad = [];

    /// <exception cref="InconclusiveException">Something is wrong with this link already.</exception>
    /// <exception cref="TargetUnusableException">The kernel says no.</exception>
    public void Make(LinkFault fault)
    {
        if (_bad.ContainsKey((fault.Node, fault.Link)))
        {
            throw new InconclusiveException($"{fault}: something is wrong with this link already");
        }

        var (port, bridge) = portOf(fault.Node, fault.Link);
        _bad[(fault.Node, fault.Link)] = fault is FlappingLink flapping
            ? new Flapper(port, flapping, seed, time)
            : BadCable.Insert(port, bridge, fault, seed);
    }

    public void Heal(LinkFault fault)
    {
        if (_bad.TryRemove((fault.Node, fault.Link), out var bad))
        {
            bad.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var link in _bad.Keys)
        {
            _bad.TryRemove(link, out var bad);
            bad?.Dispose();
        }
    }
}
