using System.Net.Sockets;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Reference;

/// <summary>A node says no, and may do so no more in a moment.</summary>
internal sealed class NotNowException(string message) : IOException(message);

/// <summary>Control ports of nodes: a connection for each question, so that one that hangs holds up no other.</summary>
internal static class NodePort
{
    public static async Task<ControlClient> OpenAsync(
        ClusterConfiguration cluster, string node, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var endpoint = new UnixDomainSocketEndPoint(ControlSocket.PathOf(cluster, node));
            await socket.ConnectAsync(endpoint, cancellationToken);
            return new ControlClient(new NetworkStream(socket, ownsSocket: true));
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new IOException($"the control port of {node} does not answer: {refused.Message}", refused);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">It does not answer, or says no.</exception>
    public static async Task<ControlResponse> AskAsync(
        ClusterConfiguration cluster, string node, ControlRequest request, CancellationToken cancellationToken)
    {
        await using var port = await OpenAsync(cluster, node, cancellationToken);
        return Accept(await port.AskAsync(request, cancellationToken), node, request);
    }

    /// <exception cref="IOException">The node says no.</exception>
    public static ControlResponse Accept(ControlResponse response, string node, ControlRequest request)
    {
        var refused = $"{node}, {request.Verb}: {response.Error}";
        return response.Ok ? response
            : throw (response.IsForNow ? new NotNowException(refused) : new IOException(refused));
    }
}
