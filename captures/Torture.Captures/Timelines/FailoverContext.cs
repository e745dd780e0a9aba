using System.Collections.Immutable;
using System.Net;
using Torture.Protocol.Witness;

namespace Torture.Captures;

/// <summary>What is known of a failover besides its packets. All of it may be left out.</summary>
public sealed record FailoverContext
{
    /// <summary>T0; null where the capture has no marker.</summary>
    public ObservedMarker? Fault { get; init; }

    /// <summary>Where its packets end: the next fault, or the heal; null for the end of the capture.</summary>
    public FrameStamp? Until { get; init; }

    /// <summary>Addresses of the lost node that stay its own: node address, private address.</summary>
    public ImmutableArray<IPAddress> LostNode { get; init; } = [];

    /// <summary>Public addresses that were to move, besides those of which packets say that they moved.</summary>
    public ImmutableArray<IPAddress> Moved { get; init; } = [];

    /// <summary>Clients whose notifications and operations count. Empty: everybody.</summary>
    public ImmutableArray<IPAddress> Clients { get; init; } = [];

    /// <summary>One for each fault marker, each until the next; one without marker where there is none.</summary>
    public static IReadOnlyList<FailoverContext> Of(WitnessTrace trace)
    {
        var faults = trace.Markers.Where(m => m.Marker.Phase == Marker.Fault).ToList();
        return faults.Count == 0
            ? [new FailoverContext()]
            : [.. faults.Select((fault, i) => new FailoverContext
            {
                Fault = fault,
                Until = i + 1 < faults.Count ? faults[i + 1].At : null,
            })];
    }

    /// <summary>
    /// Moved, and what the packets say: served by another SMB server than before; and where nothing else was to move,
    /// taken over on the link, or registered for and announced.
    /// </summary>
    internal ImmutableArray<IPAddress> MovedIn(WitnessTrace trace, IReadOnlyDictionary<int, string> servers)
    {
        ImmutableArray<IPAddress> served = [.. Moved.Union(ServedByAnother(trace, servers))];
        if (!served.IsEmpty)
        {
            return served;
        }

        var registered = trace.Calls.Select(c => Registered(c.Request)).OfType<IPAddress>().ToHashSet();
        return [.. trace.Announcements
            .Where(a => IsWithin(a.At) && (a.IsTakeover || registered.Contains(a.Address)))
            .Select(a => a.Address).Distinct()];
    }

    internal bool IsWithin(FrameStamp at) =>
        (Fault is not { } fault || at.Frame > fault.At.Frame) && (Until is not { } until || at.Frame < until.Frame);

    internal bool IsBefore(FrameStamp at) => Fault is { } fault && at.Frame < fault.At.Frame;

    internal bool IsClient(IPAddress address) => Clients.IsEmpty || Clients.Contains(address);

    private IEnumerable<IPAddress> ServedByAnother(WitnessTrace trace, IReadOnlyDictionary<int, string> servers)
    {
        foreach (var connections in trace.Connections.Where(c => servers.ContainsKey(c.Number))
            .GroupBy(c => c.Server.Address))
        {
            var before = connections.LastOrDefault(c => IsBefore(c.FirstSeen));
            if (before is not null
                && connections.Any(c => IsWithin(c.FirstSeen) && servers[c.Number] != servers[before.Number]))
            {
                yield return connections.Key;
            }
        }
    }

    private static IPAddress? Registered(object? request)
    {
        var text = request switch
        {
            RegisterRequest register => register.IpAddress,
            RegisterExRequest register => register.IpAddress,
            _ => null,
        };
        return IPAddress.TryParse(text, out var address) ? address : null;
    }
}
