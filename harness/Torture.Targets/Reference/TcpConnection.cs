using System.Net;
using System.Net.Sockets;
using Torture.Harness.Clusters;

namespace Torture.Targets.Reference;

/// <summary>A TCP connection from an address of our own.</summary>
internal sealed class TcpConnection : Connection
{
    private readonly Socket _socket;

    private TcpConnection(Socket socket)
        : base(
            new NetworkStream(socket, ownsSocket: true), (IPEndPoint)socket.LocalEndPoint!,
            (IPEndPoint)socket.RemoteEndPoint!) =>
        _socket = socket;

    public static async ValueTask<Connection> ConnectAsync(
        IPAddress from, IPEndPoint to, CancellationToken cancellationToken)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (to.AddressFamily == AddressFamily.InterNetworkV6)
            {
                const int solIPv6 = 41;
                const int freeBind = 78;
                socket.SetRawSocketOption(solIPv6, freeBind, BitConverter.GetBytes(1));
            }

            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(to, cancellationToken);
            return new TcpConnection(socket);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new IOException($"{to}: {refused.Message}", refused);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }
}
