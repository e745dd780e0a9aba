using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Torture.Captures;
using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>
/// The capture of a run on interfaces of this machine, of the cluster's own addresses only; of several the packets come
/// on one clock.
/// </summary>
internal sealed class InterfaceCapture : ICaptureSession, IAsyncDisposable
{
    private const int Discard = 9;

    private readonly List<MarkerSender> _markers;
    private readonly CaptureSession _session;

    /// <param name="devices">Each with the senders of markers that pass it.</param>
    private InterfaceCapture(IReadOnlyList<(ICaptureDevice Device, List<MarkerSender> Markers)> devices, string runId)
    {
        _markers = [.. devices.SelectMany(one => one.Markers)];
        Links = [.. devices.Select(one => new CaptureLink(one.Device.Name, one.Device.Link))];
        var all = devices is [var only]
            ? only.Device
            : new MergedDevice([.. devices.Select(one => one.Device)], TimeProvider.System);
        _session = CaptureSession.Start(all, new CaptureSessionOptions
        {
            RunId = runId,
            Send = Send,
            // A link by which nothing is reached carries no marker, and is not waited for.
            Links = devices.Count(one => one.Markers.Count > 0),
            OnPacket = packet => Captured?.Invoke(packet),
        });
    }

    public event Action<CapturedPacket>? Captured;

    public IReadOnlyList<CaptureLink> Links { get; }

    public long Dropped => _session.Statistics.Dropped;

    /// <exception cref="HookException">An interface cannot be captured, or no marker passes on any of them.</exception>
    public static InterfaceCapture Start(TargetFile file, string runId)
    {
        var opened = new List<(ICaptureDevice Device, List<MarkerSender> Markers)>();
        try
        {
            foreach (var name in file.Capture.Interfaces)
            {
                opened.Add((Open(name, file), []));
                opened[^1].Markers.AddRange(MarkersOn(name, file));
            }

            return opened.Any(one => one.Markers.Count > 0)
                ? new InterfaceCapture(opened, runId)
                : throw new CaptureException(
                    $"no node is reached through {string.Join(" or ", file.Capture.Interfaces)}:"
                    + " name the interfaces that this machine uses for them");
        }
        catch (CaptureException refused)
        {
            foreach (var (device, markers) in opened)
            {
                device.Dispose();
                markers.ForEach(sender => sender.Dispose());
            }

            throw new HookException($"{file.Path}: capture: {refused.Message}", refused);
        }
    }

    public async Task<FrameStamp> MarkAsync(Marker marker, CancellationToken cancellationToken)
    {
        var seen = _session.WaitForMarkerAsync(marker.Number, cancellationToken);
        Send(marker);
        return (await seen).At;
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        _markers.ForEach(sender => sender.Dispose());
    }

    /// <summary>Every address of the cluster, and who says that he has it; not the hooks' own traffic.</summary>
    private static string FilterOf(TargetFile file)
    {
        var addresses = file.Nodes.SelectMany(node => new[] { node.Address, node.Address6, node.Private })
            .OfType<IPAddress>().Concat(file.PublicAddresses.Select(address => address.Address)).Distinct();
        return $"arp or icmp6 or (not tcp port 22 and ({string.Join(" or ", addresses.Select(one => $"host {one}"))}))";
    }

    private static List<IPAddress> Destinations(TargetFile file) => file.Capture.Markers.Count > 0
        ? [.. file.Capture.Markers]
        : [.. file.Nodes.Select(node => node.Address)
            .Concat(file.Nodes.Select(node => node.Private).OfType<IPAddress>()).Distinct()];

    private static LibpcapDevice Open(string name, TargetFile file) => LibpcapDevice.Open(
        name, new LibpcapOptions { Filter = file.Capture.Filter ?? FilterOf(file), Promiscuous = name != "lo" });

    private static IEnumerable<MarkerSender> MarkersOn(string name, TargetFile file) =>
        Destinations(file).Where(address => IsReachedBy(address, name)).Select(address => MarkerSender.To(
            ClientAddresses.SourceTo(address)!, new IPEndPoint(address, Discard)));

    /// <summary>To a node that is down nothing can be sent, and another node will do.</summary>
    private void Send(Marker marker)
    {
        foreach (var sender in _markers)
        {
            try
            {
                sender.Send(marker);
            }
            catch (SocketException)
            {
            }
        }
    }

    private static bool IsReachedBy(IPAddress address, string name)
    {
        var source = ClientAddresses.SourceTo(address);
        return source is not null && NetworkInterface.GetAllNetworkInterfaces().Any(one => one.Name == name
            && one.GetIPProperties().UnicastAddresses.Any(own =>
                own.Address.Equals(source) || (IPAddress.IsLoopback(source) && IPAddress.IsLoopback(own.Address))));
    }
}
