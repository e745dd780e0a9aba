using System.Net;

namespace Torture.ReferenceServer.Failover;

/// <summary>What a failover engine is made of.</summary>
public sealed record FailoverParts(
    MonotonicClock Clock, Random Random, IConnector Connector, IListenerFactory Listeners, IClusterLock Lock,
    Fence Fence, LinkGate Gate, IAddressHost Host, Action<string> Log);

/// <summary>The right to serve one address, from its take to its release. Ended, it never holds again.</summary>
public sealed class ServingPermit(Fence fence)
{
    private volatile bool _ended;
    private volatile bool _endedLate;

    public bool Holds => !_ended && fence.Holds;

    /// <summary>It was ended, whatever the fence says.</summary>
    public bool IsEnded => _ended;

    /// <summary>When it was ended it had run out already: the address may be another node's by then.</summary>
    public bool EndedLate => _endedLate;

    public void End()
    {
        if (!_ended)
        {
            _endedLate = !fence.Holds;
            _ended = true;
        }
    }
}

/// <summary>Serves the public addresses that a failover engine takes.</summary>
public interface IAddressHost
{
    /// <summary>Serves the address from now on, as long as the permit holds.</summary>
    /// <exception cref="IOException">It cannot be had.</exception>
    /// <exception cref="OperationCanceledException">The permission was lost meanwhile.</exception>
    ValueTask TakeAsync(IPAddress address, ServingPermit permit, CancellationToken cancellationToken);

    /// <summary>Ends listeners and connections of the address, whose permit has ended.</summary>
    ValueTask ReleaseAsync(IPAddress address);
}

/// <summary>What an engine shows; replaced as a whole.</summary>
public sealed record EngineSnapshot(
    Control.MemberState State, string? Leader, long Term, bool Permitted, ClusterTable Table,
    IReadOnlyList<Control.HeldAddress> Held, IReadOnlyList<Control.MemberStatus> Members)
{
    public static EngineSnapshot Empty { get; } =
        new(Control.MemberState.Disconnected, null, 0, false, ClusterTable.Empty, [], []);

    /// <summary>Another node is at giving addresses away, as far as this one has heard.</summary>
    public bool IsReallocating { get; init; }
}
