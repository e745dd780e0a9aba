using System.Net;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Takeover;

/// <summary>A TCP connection of a public address: the port there, and who is at the other end.</summary>
public sealed record ClientConnection(int Port, IPEndPoint Client)
{
    internal static ClientConnection Of(NodeConnection connection) => new(connection.Local.Port, connection.Remote);
}
