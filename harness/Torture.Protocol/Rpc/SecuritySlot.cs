using System.Net;
using Torture.Protocol.Security;

namespace Torture.Protocol.Rpc;

/// <summary>One security context of a connection, named by its auth_context_id ([MS-RPCE] 3.3.1.5.2.1).</summary>
internal sealed class SecuritySlot(
    uint id, AuthenticationType type, AuthenticationLevel level, ISecurityContext context) : IDisposable
{
    private int _tokenSize = -1;

    public uint Id => id;

    public AuthenticationType Type => type;

    public AuthenticationLevel Level => level;

    public ISecurityContext Context => context;

    /// <summary>What is really done: level call is treated as packet.</summary>
    public AuthenticationLevel EffectiveLevel => level == AuthenticationLevel.Call ? AuthenticationLevel.Packet : level;

    /// <summary>Fragments carry a token ([MS-RPCE] 2.2.1.1.8; level packet too).</summary>
    public bool Protects => EffectiveLevel >= AuthenticationLevel.Packet;

    public int TokenSize => _tokenSize >= 0 ? _tokenSize : _tokenSize = context.TokenSize(EffectiveLevel);

    /// <summary>Server: what every request of this context is answered with; the connection then ends.</summary>
    public RpcFault? Failure { get; set; }

    /// <summary>Server: who calls, once established.</summary>
    public RpcCaller? Caller { get; set; }

    public void Record(IKeyLog? log, TimeProvider time, IPEndPoint client, IPEndPoint server)
    {
        if (log is not null && !context.SessionKey.IsEmpty)
        {
            log.Record(KeyLogEntry.Of(context, client, server, time.GetUtcNow(), level));
        }
    }

    public void Dispose() => context.Dispose();
}
