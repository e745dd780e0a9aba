using System.Net;
using Torture.Captures;
using Torture.Harness.Clusters;

namespace Torture.Targets.Simulation;

/// <summary>All packets of a world's network, as they pass it.</summary>
/// <param name="self">From here to here go markers.</param>
internal sealed class SimulatedCapture(World world, IPAddress self) : ICaptureSession
{
    private const int MarkerPort = 9;

    private readonly IPEndPoint _self = new(self, MarkerPort);
    private long _number;
    private long _last;

    public event Action<CapturedPacket>? Captured;

    public IReadOnlyList<CaptureLink> Links { get; } = [new CaptureLink("simulation", LinkType.Ethernet)];

    public long Dropped => 0;

    public Task<FrameStamp> MarkAsync(Marker marker, CancellationToken cancellationToken) =>
        Task.FromResult(Put(Frames.Udp(_self, _self, marker.Encode())));

    /// <summary>No two packets have the same time.</summary>
    public FrameStamp Put(byte[] frame)
    {
        var now = (world.UtcNow - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        _last = Math.Max(now, _last + 1);
        Captured?.Invoke(new CapturedPacket(++_number, _last, LinkType.Ethernet, frame, frame.Length));
        return new FrameStamp(_number, _last);
    }
}
