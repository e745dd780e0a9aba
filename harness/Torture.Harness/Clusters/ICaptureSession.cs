using Torture.Captures;

namespace Torture.Harness.Clusters;

/// <summary>The one capture of a run, on all links that matter.</summary>
public interface ICaptureSession
{
    /// <summary>Interfaces in the order of <see cref="CapturedPacket.Interface"/>.</summary>
    IReadOnlyList<CaptureLink> Links { get; }

    /// <summary>Packets that the capture lost: cases that ran meanwhile cannot be settled.</summary>
    long Dropped { get; }

    /// <summary>Each packet once, in order, one at a time; handlers are quick.</summary>
    event Action<CapturedPacket>? Captured;

    /// <summary>
    /// Sends the marker on each captured link and returns once <see cref="Captured"/> gave all of them.
    /// </summary>
    /// <returns>The first of them.</returns>
    Task<FrameStamp> MarkAsync(Marker marker, CancellationToken cancellationToken);
}

/// <param name="Name">Such as <c>lo</c>.</param>
public sealed record CaptureLink(string Name, LinkType Type);
