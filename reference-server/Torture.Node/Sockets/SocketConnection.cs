using System.Net;
using System.Net.Sockets;
using Torture.ReferenceServer.Failover;

namespace Torture.Node.Sockets;

/// <summary>A TCP connection.</summary>
internal sealed class SocketConnection(Socket socket) : NodeConnection(
    new NetworkStream(socket, ownsSocket: true), (IPEndPoint)socket.LocalEndPoint!, (IPEndPoint)socket.RemoteEndPoint!)
{
    /// <summary>With RST.</summary>
    public override void Abort()
    {
        // Before the stream, which would send a FIN first.
        socket.Close(timeout: 0);
        base.Abort();
    }
}
