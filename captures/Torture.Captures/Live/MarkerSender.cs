using System.Net;
using System.Net.Sockets;

namespace Torture.Captures;

/// <summary>
/// Puts markers on the captured wire: a datagram from and to a socket of our own, or to the nodes that are captured.
/// </summary>
public sealed class MarkerSender : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Socket _socket;
    private readonly IPEndPoint[] _destinations;

    private MarkerSender(Socket socket, IPEndPoint[] destinations)
    {
        _socket = socket;
        _destinations = destinations;
    }

    /// <summary>To itself at an address of this machine: seen on the loopback interface.</summary>
    public static MarkerSender ToSelf(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return new MarkerSender(socket, [(IPEndPoint)socket.LocalEndPoint!]);
    }

    /// <summary>To others; a port where nobody listens will do, since only the wire is meant to see it.</summary>
    public static MarkerSender To(IPAddress from, params ReadOnlySpan<IPEndPoint> destinations)
    {
        var socket = new Socket(from.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(from, 0));
        return new MarkerSender(socket, destinations.ToArray());
    }

    /// <summary>To all of a network: no node need live to be told, and no address be resolved.</summary>
    public static MarkerSender ToAll(IPAddress from, IPEndPoint broadcast)
    {
        var sender = To(from, broadcast);
        sender._socket.EnableBroadcast = true;
        return sender;
    }

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    public void Send(Marker marker)
    {
        var datagram = marker.Encode();
        // One at a time: of two that drain, one could wait for ever for what the other has taken.
        lock (_gate)
        {
            foreach (var destination in _destinations)
            {
                SendTo(datagram, destination);
            }

            Drain();
        }
    }

    public void Dispose() => _socket.Dispose();

    private void SendTo(byte[] datagram, IPEndPoint destination)
    {
        try
        {
            _socket.SendTo(datagram, destination);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // An answer to an earlier datagram, reported late: this one was not sent yet.
            _socket.SendTo(datagram, destination);
        }
    }

    /// <summary>What came to ourselves is of no use beyond having been on the wire.</summary>
    private void Drain()
    {
        Span<byte> datagram = stackalloc byte[2048];
        while (_socket.Available > 0)
        {
            _socket.Receive(datagram);
        }
    }
}
