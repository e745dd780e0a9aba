using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Torture.Captures;
using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>The capture of a run on interfaces of this machine, of the cluster's own addresses only.</summary>
internal sealed class InterfaceCapture : ICaptureSession, IAsyncDisposable
{
    private const int Discard = 9;

    private readonly Lock _gate = new();
    private readonly List<Link> _links = [];

    public event Action<CapturedPacket>? Captured;

    public IReadOnlyList<CaptureLink> Links => [.. _links.Select(link => link.Named)];

    public long Dropped => _links.Sum(link => link.Session.Statistics.Dropped);

    /// <exception cref="HookException">An interface cannot be captured, or no marker passes on any of them.</exception>
    public static InterfaceCapture Start(TargetFile file, string runId)
    {
        var capture = new InterfaceCapture();
        try
        {
            var marked = Destinations(file);
            foreach (var name in file.Capture.Interfaces)
            {
                capture.Add(name, file.Capture.Filter ?? FilterOf(file), runId, marked);
            }
        }
        catch (CaptureException refused)
        {
            capture.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw new HookException($"{file.Path}: capture: {refused.Message}", refused);
        }

        if (capture._links.All(link => link.Markers.Count == 0))
        {
            capture.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw new HookException(
                $"{file.Path}: capture: no node is reached through {string.Join(" or ", file.Capture.Interfaces)}:"
                + " name the interfaces that this machine uses for them");
        }

        return capture;
    }

    /// <summary>A link by which nothing is reached carries no marker, and is not waited for.</summary>
    public async Task<FrameStamp> MarkAsync(Marker marker, CancellationToken cancellationToken)
    {
        var marked = _links.Where(link => link.Markers.Count > 0).ToList();
        var seen = marked.Select(link => link.Session.WaitForMarkerAsync(marker.Number, cancellationToken)).ToList();
        foreach (var sender in marked.SelectMany(link => link.Markers))
        {
            Send(sender, marker);
        }

        return (await Task.WhenAll(seen)).MinBy(one => one.At.TimeNanoseconds)!.At;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links)
        {
            await link.Session.DisposeAsync();
            link.Markers.ForEach(sender => sender.Dispose());
        }
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

    private void Add(string name, string filter, string runId, List<IPAddress> marked)
    {
        var device = LibpcapDevice.Open(name, new LibpcapOptions { Filter = filter, Promiscuous = name != "lo" });
        var index = _links.Count;
        var senders = marked.Where(address => IsReachedBy(address, name)).Select(address => MarkerSender.To(
            ClientAddresses.SourceTo(address)!, new IPEndPoint(address, Discard))).ToList();
        var session = CaptureSession.Start(device, new CaptureSessionOptions
        {
            RunId = runId,
            Send = marker => senders.ForEach(sender => Send(sender, marker)),
            OnPacket = packet => Tell(packet with { Interface = index }),
        });
        _links.Add(new Link(new CaptureLink(device.Name, device.Link), session, senders));
    }

    private void Tell(CapturedPacket packet)
    {
        lock (_gate)
        {
            Captured?.Invoke(packet);
        }
    }

    /// <summary>To a node that is down nothing can be sent, and another node will do.</summary>
    private static void Send(MarkerSender sender, Marker marker)
    {
        try
        {
            sender.Send(marker);
        }
        catch (SocketException)
        {
        }
    }

    private static bool IsReachedBy(IPAddress address, string name)
    {
        var source = ClientAddresses.SourceTo(address);
        return source is not null && NetworkInterface.GetAllNetworkInterfaces().Any(one => one.Name == name
            && one.GetIPProperties().UnicastAddresses.Any(own =>
                own.Address.Equals(source) || (IPAddress.IsLoopback(source) && IPAddress.IsLoopback(own.Address))));
    }

    private sealed record Link(CaptureLink Named, CaptureSession Session, List<MarkerSender> Markers);
}
