using System.Net;
using System.Net.Sockets;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Node.Sockets;

/// <summary>TCP listeners of this host.</summary>
internal sealed class SocketListeners : IListenerFactory
{
    private const int Backlog = 4096;
    private const int SolSocket = 1;
    private const int SoReuseAddress = 2;
    private const int SolIPv6 = 41;
    private const int IPv6FreeBind = 78;

    public IListener Listen(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // SocketOptionName.ReuseAddress would also set SO_REUSEPORT, and two nodes would share an address.
            socket.SetRawSocketOption(SolSocket, SoReuseAddress, BitConverter.GetBytes(1));
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
                socket.SetRawSocketOption(SolIPv6, IPv6FreeBind, BitConverter.GetBytes(1));
            }

            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return new SocketListener(socket, endPoint);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new ConfigurationException(Explain(endPoint, refused), refused);
        }
    }

    private static string Explain(IPEndPoint endPoint, SocketException refused) => refused.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"{endPoint} is in use: another process listens there",
        SocketError.AccessDenied =>
            $"no permission to listen on {endPoint}: ports below 1024 need root or CAP_NET_BIND_SERVICE",
        SocketError.AddressNotAvailable => $"{endPoint.Address} is no address of this host",
        _ => $"cannot listen on {endPoint}: {refused.Message}",
    };

    private sealed class SocketListener(Socket socket, IPEndPoint local) : IListener
    {
        public IPEndPoint Local => local;

        public async ValueTask<NodeConnection> AcceptAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                var accepted = await socket.AcceptAsync(cancellationToken);
                try
                {
                    accepted.NoDelay = true;
                    return new SocketConnection(accepted);
                }
                catch (SocketException)
                {
                    // The client was gone before it was looked at.
                    accepted.Dispose();
                }
            }
        }

        public ValueTask DisposeAsync()
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>TCP connections from an address of this host.</summary>
internal sealed class SocketConnector : IConnector
{
    public async ValueTask<NodeConnection> ConnectAsync(
        IPAddress from, IPEndPoint to, CancellationToken cancellationToken)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(to, cancellationToken);
            return new SocketConnection(socket);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new IOException(refused.Message, refused);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }
}
