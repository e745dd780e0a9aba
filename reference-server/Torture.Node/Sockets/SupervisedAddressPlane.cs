using System.Net;
using System.Net.Sockets;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Node.Sockets;

/// <summary>
/// Addresses of a host that all nodes share: whoever takes one has the supervisor unplug it from the nodes that still
/// have sockets on it.
/// </summary>
internal sealed class SupervisedAddressPlane(string supervisor, string node) : IAddressPlane
{
    public async ValueTask TakeAsync(
        IPAddress address, ServingPermit permit, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(supervisor), cancellationToken);
        }
        catch (SocketException gone)
        {
            throw new IOException($"the supervisor does not answer: {gone.Message}", gone);
        }

        await using var stream = new NetworkStream(socket);
        var lines = new LineStream(stream);
        var request = new KeepRequest(KeepVerb.Unplug) { Node = node, Address = address.ToString() };
        await lines.WriteAsync(request, KeepJson.Default.KeepRequest, cancellationToken);
        var response = await lines.ReadAsync(KeepJson.Default.KeepMessage, cancellationToken);
        if (response is not { Ok: true })
        {
            throw new IOException($"the supervisor cannot unplug {address}: {response?.Error ?? "no answer"}");
        }
    }

    public ValueTask ReleaseAsync(IPAddress address) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
