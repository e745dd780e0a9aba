using System.Net;
using Torture.Protocol.Rpc;
using Torture.Protocol.Smb2;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.Requirements;

namespace Torture.Mutants.Failover;

[Defect("The control port answers; every protocol port accepts, reads and never says anything.")]
[Violates(House.StaysUp, House.NeverHangs, Swn.OverTcpOnly, Rpce.BindAcknowledged, Ctdb.OwnerServesAddress)]
public sealed class InertServer(ClusterConfiguration cluster, NodeEntry self, NodeEnvironment environment)
    : ReferenceNode(cluster, self, environment)
{
    protected override RpcServer CreateRpcServer(RpcServerOptions options) => new InertRpc(options);

    protected override Smb2Server CreateSmb2Server(Smb2ServerOptions options) => new InertSmb(options);

    private static async Task ReadOnAsync(Stream connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (await connection.ReadAsync(buffer, cancellationToken) > 0)
        {
        }
    }

    private sealed class InertRpc(RpcServerOptions options) : RpcServer(options)
    {
        public override Task ServeAsync(
            Stream connection, IPEndPoint local, IPEndPoint remote, CancellationToken cancellationToken) =>
            ReadOnAsync(connection, cancellationToken);
    }

    private sealed class InertSmb(Smb2ServerOptions options) : Smb2Server(options)
    {
        public override Task ServeAsync(Stream connection, CancellationToken cancellation) =>
            ReadOnAsync(connection, cancellation);
    }
}
