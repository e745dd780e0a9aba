using System.Net;

namespace Torture.Protocol.Rpc;

/// <summary>
/// A connection-oriented DCE/RPC server ([C706] 9 to 13, [MS-RPCE] 3.3). Every rule is a step of its own that a
/// subclass may change.
/// </summary>
public partial class RpcServer
{
    private readonly List<IRpcInterface> _interfaces = [];

    public RpcServer(RpcServerOptions options) => Options = options;

    public RpcServerOptions Options { get; }

    public IReadOnlyList<IRpcInterface> Interfaces => _interfaces;

    /// <summary>To be called before the first connection is served.</summary>
    public void AddInterface(IRpcInterface rpcInterface) => _interfaces.Add(rpcInterface);

    /// <summary>Serves one connection until it ends, whoever ends it; closes the stream.</summary>
    public Task ServeAsync(
        Stream connection, IPEndPoint local, IPEndPoint remote, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
