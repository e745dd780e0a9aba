using System.Net.Sockets;
using Torture.ReferenceServer.Ctdbd;

namespace Torture.Node.Sockets;

/// <summary>Unix sockets of this host.</summary>
internal sealed class UnixConnector : ILocalConnector
{
    public async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new IOException(refused.SocketErrorCode switch
            {
                SocketError.AddressNotAvailable => "there is no such socket",
                SocketError.ConnectionRefused => "nobody listens there",
                SocketError.AccessDenied => "no permission: a socket of ctdbd is root's",
                _ => refused.Message,
            }, refused);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }
}
