using System.Net;
using Torture.Captures;
using Torture.Harness.Clusters;

namespace Torture.Harness.Running;

/// <summary>Gives each running case its packets: those of its own clients and those of no client.</summary>
internal sealed class PacketRouter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ICaptureSession? _capture;
    private readonly Dictionary<IPAddress, CaseCapture> _byClient = [];
    private readonly HashSet<CaseCapture> _open = [];

    public PacketRouter(ICaptureSession? capture)
    {
        _capture = capture;
        if (capture is not null)
        {
            capture.Captured += Route;
        }
    }

    public CaseCapture? Open()
    {
        if (_capture is null)
        {
            return null;
        }

        var packets = new CaseCapture(_capture);
        lock (_gate)
        {
            _open.Add(packets);
        }

        return packets;
    }

    public void Claim(CaseCapture packets, CaseClient client)
    {
        lock (_gate)
        {
            foreach (var address in new[] { client.Address, client.Address6 }.OfType<IPAddress>())
            {
                _byClient[address] = packets;
            }
        }
    }

    public void Close(CaseCapture packets)
    {
        lock (_gate)
        {
            _open.Remove(packets);
            var addresses = _byClient.Where(entry => entry.Value == packets).Select(entry => entry.Key).ToList();
            addresses.ForEach(address => _byClient.Remove(address));
        }
    }

    public void Dispose()
    {
        if (_capture is not null)
        {
            _capture.Captured -= Route;
        }
    }

    private void Route(CapturedPacket packet)
    {
        lock (_gate)
        {
            if (PacketView.TryRead(packet, out var view)
                && (_byClient.GetValueOrDefault(view.Source.Address)
                    ?? _byClient.GetValueOrDefault(view.Destination.Address)) is { } owner)
            {
                owner.Add(packet);
                return;
            }

            foreach (var packets in _open)
            {
                packets.Add(packet);
            }
        }
    }
}

/// <summary>The packets of one case, numbered from 1.</summary>
internal sealed class CaseCapture(ICaptureSession session)
{
    private readonly Lock _gate = new();
    private readonly List<CapturedPacket> _packets = [];
    private readonly Dictionary<long, int> _markers = [];
    private readonly long _droppedBefore = session.Dropped;
    private int _looked;

    public IReadOnlyList<CaptureLink> Links => session.Links;

    /// <summary>Lost while the case ran, whosever they were.</summary>
    public long Dropped => session.Dropped - _droppedBefore;

    public IReadOnlyList<CapturedPacket> Packets
    {
        get
        {
            lock (_gate)
            {
                return [.. _packets];
            }
        }
    }

    /// <summary>TCP and UDP after the marker of this number, that one first; empty while it was not seen.</summary>
    public IReadOnlyList<PacketView> After(long marker)
    {
        List<CapturedPacket> after;
        lock (_gate)
        {
            if (FindMarker(marker) is not { } at)
            {
                return [];
            }

            after = _packets[at..];
        }

        var views = new List<PacketView>();
        foreach (var packet in after)
        {
            if (PacketView.TryRead(packet, out var view))
            {
                views.Add(view);
            }
        }

        return views;
    }

    /// <summary>Whoever waits for something asks again and again: each packet is looked at once.</summary>
    private int? FindMarker(long marker)
    {
        for (; _looked < _packets.Count; _looked++)
        {
            if (PacketView.TryRead(_packets[_looked], out var view) && !view.IsTcp
                && Marker.TryDecode(view.Payload.Span) is { Number: var number })
            {
                _markers.TryAdd(number, _looked);
            }
        }

        return _markers.TryGetValue(marker, out var at) ? at : null;
    }

    public void Add(CapturedPacket packet)
    {
        lock (_gate)
        {
            _packets.Add(packet with { Number = _packets.Count + 1 });
        }
    }
}
