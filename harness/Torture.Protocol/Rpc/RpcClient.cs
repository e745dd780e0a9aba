using System.Net;
using Torture.Protocol.Ndr;

namespace Torture.Protocol.Rpc;

/// <summary>A bound connection to a DCE/RPC server ([C706] 9 to 13, [MS-RPCE] 3.3).</summary>
public sealed class RpcClient : IAsyncDisposable
{
    private RpcClient(IPEndPoint local, IPEndPoint remote) => (Local, Remote) = (local, remote);

    public IPEndPoint Local { get; }

    public IPEndPoint Remote { get; }

    /// <summary>The transfer syntax that the server chose.</summary>
    public NdrSyntax Syntax { get; private set; }

    public uint AssociationGroup { get; private set; }

    /// <summary>What the server acknowledged of the offered features.</summary>
    public BindTimeFeatures Features { get; private set; }

    /// <summary>Binds over a connected stream, which the client owns from then on, also when it throws.</summary>
    /// <exception cref="RpcBindException">The server refused.</exception>
    /// <exception cref="RpcConnectionClosedException">The connection ended first.</exception>
    /// <exception cref="Security.SecurityContextException">This side refused what the server's token says.</exception>
    public static Task<RpcClient> BindAsync(
        Stream transport, IPEndPoint local, IPEndPoint remote, RpcClientOptions options,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Sends a request; the answer comes in <see cref="RpcCall.Response"/>.</summary>
    public RpcCall Start(ushort opnum, ReadOnlyMemory<byte> stub) => throw new NotSupportedException();

    /// <summary>Closes in order; calls that still wait end with <see cref="RpcConnectionClosedException"/>.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
