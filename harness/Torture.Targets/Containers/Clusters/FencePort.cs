using System.Net;
using System.Net.Sockets;
using Torture.Harness.Clusters;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Targets.Containers.Clusters;

/// <summary>
/// The fence device of a cluster in containers: whoever takes an address has it taken from all other nodes first, also
/// from one that is frozen, whose kernel would go on answering for it.
/// </summary>
internal sealed class FencePort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Action<string, IPAddress> _takeFromOthers;

    /// <param name="takeFromOthers">Takes the address from all nodes but this one.</param>
    public FencePort(string path, Action<string, IPAddress> takeFromOthers)
    {
        _takeFromOthers = takeFromOthers;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _socket.Listen();
        _ = AcceptAsync();
    }

    public void Dispose() => _socket.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _socket.AcceptAsync());
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        try
        {
            await using var stream = new NetworkStream(accepted, ownsSocket: true);
            var lines = new LineStream(stream);
            while (await lines.ReadAsync(KeepJson.Default.KeepRequest, CancellationToken.None) is { } request)
            {
                var answer = await OwnThread.RunAsync(() => Do(request));
                await lines.WriteAsync(answer, KeepJson.Default.KeepMessage, CancellationToken.None);
            }
        }
        catch (Exception ended) when (ended is IOException or InvalidDataException)
        {
            // A node that was killed while it asked.
        }
    }

    private KeepMessage Do(KeepRequest request)
    {
        if (request is not { Verb: KeepVerb.Unplug, Node: { } node }
            || !IPAddress.TryParse(request.Address, out var address))
        {
            return new KeepMessage { Id = request.Id, Error = $"it knows {KeepVerb.Unplug}, node and address" };
        }

        try
        {
            _takeFromOthers(node, address);
            return new KeepMessage { Id = request.Id, Ok = true };
        }
        catch (TargetUnusableException refused)
        {
            return new KeepMessage { Id = request.Id, Error = refused.Message };
        }
    }
}
