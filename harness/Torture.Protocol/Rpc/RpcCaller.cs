using System.Net;

namespace Torture.Protocol.Rpc;

/// <summary>Who makes a call, and how well that is known.</summary>
/// <param name="Level">None: not authenticated.</param>
/// <param name="Name"><c>DOMAIN\user</c>; null where nobody is named.</param>
/// <param name="Local">The server's end of the connection.</param>
/// <param name="Remote">The client's end of the connection.</param>
public sealed record RpcCaller(
    AuthenticationLevel Level, AuthenticationType Type, string? Name, IPEndPoint Local, IPEndPoint Remote);
