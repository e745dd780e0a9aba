using Torture.Captures;
using Torture.Harness.Clusters;

namespace Torture.Targets.Reference;

/// <summary>The capture of a run on links of this machine, each with a way to put markers on it.</summary>
internal sealed class MarkedCapture : ICaptureSession, IAsyncDisposable
{
    private readonly IReadOnlyList<MarkerSender> _senders;
    private readonly CaptureSession _session;

    private MarkedCapture(IReadOnlyList<ICaptureDevice> devices, IReadOnlyList<MarkerSender> senders, string runId)
    {
        _senders = senders;
        Links = [.. devices.Select(device => new CaptureLink(device.Name, device.Link))];
        var all = devices is [var only] ? only : new MergedDevice(devices, TimeProvider.System);
        _session = CaptureSession.Start(all, new CaptureSessionOptions
        {
            RunId = runId,
            Send = Send,
            Links = devices.Count,
            OnPacket = packet => Captured?.Invoke(packet),
        });
    }

    public event Action<CapturedPacket>? Captured;

    public IReadOnlyList<CaptureLink> Links { get; }

    public long Dropped => _session.Statistics.Dropped;

    /// <summary>Takes devices and senders over; of several links the packets come on one clock.</summary>
    /// <param name="senders">One for each link.</param>
    public static MarkedCapture Start(
        IReadOnlyList<ICaptureDevice> devices, IReadOnlyList<MarkerSender> senders, string runId) =>
        new(devices, senders, runId);

    public async Task<FrameStamp> MarkAsync(Marker marker, CancellationToken cancellationToken)
    {
        var seen = _session.WaitForMarkerAsync(marker.Number, cancellationToken);
        Send(marker);
        return (await seen).At;
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        foreach (var sender in _senders)
        {
            sender.Dispose();
        }
    }

    private void Send(Marker marker)
    {
        foreach (var sender in _senders)
        {
            sender.Send(marker);
        }
    }
}
