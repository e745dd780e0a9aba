using System.Net;
using Torture.Captures;
using Torture.Harness.Clusters;

namespace Torture.Targets.Loopback;

/// <summary>The capture of a run on the loopback interface, of the run's own networks only.</summary>
internal sealed class LoopbackCapture : ICaptureSession, IAsyncDisposable
{
    private readonly MarkerSender _sender;
    private readonly CaptureSession _session;

    private LoopbackCapture(LibpcapDevice device, MarkerSender sender, string runId)
    {
        _sender = sender;
        Links = [new CaptureLink(device.Name, device.Link)];
        _session = CaptureSession.Start(device, new CaptureSessionOptions
        {
            RunId = runId,
            Send = sender.Send,
            OnPacket = packet => Captured?.Invoke(packet),
        });
    }

    public event Action<CapturedPacket>? Captured;

    public IReadOnlyList<CaptureLink> Links { get; }

    public long Dropped => _session.Statistics.Dropped;

    public static LoopbackCapture Start(LoopbackNetwork network, bool ipv6, string runId)
    {
        var filter = $"net {network.Prefix}" + (ipv6 ? $" or ip6 net {network.Prefix6}" : "");
        var device = LibpcapDevice.Open("lo", new LibpcapOptions { Filter = filter });
        return new LoopbackCapture(device, MarkerSender.ToSelf(network.Marker), runId);
    }

    public async Task<FrameStamp> MarkAsync(Marker marker, CancellationToken cancellationToken)
    {
        var seen = _session.WaitForMarkerAsync(marker.Number, cancellationToken);
        _sender.Send(marker);
        return (await seen).At;
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        _sender.Dispose();
    }
}
