using System.Net;
using System.Net.Sockets;

namespace Torture.Targets.Containers.Engine;

/// <summary>A connection that was HTTP and is now a stream each way, which end one by one.</summary>
internal sealed class HijackedConnection : IAsyncDisposable
{
    private readonly SocketsHttpHandler _connections;
    private readonly HttpResponseMessage _answer;
    private readonly Socket _socket;

    private HijackedConnection(
        SocketsHttpHandler connections, HttpResponseMessage answer, Socket socket, Stream stream) =>
        (_connections, _answer, _socket, Stream) = (connections, answer, socket, stream);

    public Stream Stream { get; }

    /// <param name="path">With the version.</param>
    /// <param name="refusal">What to throw when the engine does not switch protocols.</param>
    public static async Task<HijackedConnection> OpenAsync(
        EngineAddress address, EngineRequest request, string path,
        Func<HttpStatusCode, Stream, Task<EngineException>> refusal, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        var connections = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
                new NetworkStream(socket = await address.ConnectAsync(token), ownsSocket: true),
            UseProxy = false,
        };
        HttpResponseMessage? answer = null;
        try
        {
            using var client = new HttpMessageInvoker(connections, disposeHandler: false);
            using var message = new HttpRequestMessage(request.Method, $"http://engine{path}")
            {
                Content = request.Body,
                Headers = { Connection = { "Upgrade" }, Upgrade = { new("tcp") } },
            };
            answer = await client.SendAsync(message, cancellationToken);
            var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            return answer.StatusCode == HttpStatusCode.SwitchingProtocols
                ? new HijackedConnection(connections, answer, socket!, stream)
                : throw await refusal(answer.StatusCode, stream);
        }
        catch
        {
            answer?.Dispose();
            connections.Dispose();
            throw;
        }
    }

    /// <summary>The other side reads the end; it may go on writing.</summary>
    public void EndWriting()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Then it has ended already.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        _answer.Dispose();
        _connections.Dispose();
    }
}
