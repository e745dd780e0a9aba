using Torture.Captures;
using Torture.Harness.Clusters;

namespace Torture.Targets.Containers.Clusters;

/// <summary>The capture of a run on the bridges of its networks, on one clock.</summary>
internal sealed class ContainerCapture : ICaptureSession, IAsyncDisposable
{
    private static readonly LibpcapOptions Options = new() { Promiscuous = true, BufferSize = 32 << 20 };

    private readonly IReadOnlyList<MarkerSender> _senders;
    private readonly CaptureSession _session;

    private ContainerCapture(IReadOnlyList<ICaptureDevice> devices, IReadOnlyList<MarkerSender> senders, string runId)
    {
        _senders = senders;
        Links = [.. devices.Select(device => new CaptureLink(device.Name, device.Link))];
        _session = CaptureSession.Start(new MergedDevice(devices, TimeProvider.System), new CaptureSessionOptions
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

    /// <exception cref="CaptureException">No privilege, no libpcap.</exception>
    public static ContainerCapture Start(ContainerNetworks networks, string runId) => new(
        [.. networks.Bridges.Select(bridge => LibpcapDevice.Open(bridge, Options))],
        [.. networks.MarkerPaths.Select(path => MarkerSender.ToAll(path.From, path.To))], runId);

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
