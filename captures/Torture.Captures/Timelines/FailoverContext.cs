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

    /// <summary>Public addresses that were to move. Empty: those of which the packets say that they moved.</summary>
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

    /// <summary>Moved, or what the packets say: taken over on the link, or registered for and announced.</summary>
    internal ImmutableArray<IPAddress> MovedIn(WitnessTrace trace)
    {
        if (!Moved.IsEmpty)
        {
            return Moved;
        }

        var registered = trace.Calls.Select(c => Registered(c.Request)).OfType<IPAddress>().ToHashSet();
        return [.. trace.Announcements
            .Where(a => IsWithin(a.At) && (a.IsTakeover || registered.Contains(a.Address)))
            .Select(a => a.Address).Distinct()];
    }

    internal bool IsWithin(FrameStamp at) =>
        (Fault is not { } fault || at.Frame > fault.At.Frame) && (Until is not { } until || at.Frame < until.Frame);

    internal bool IsClient(IPAddress address) => Clients.IsEmpty || Clients.Contains(address);

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
