using System.Net.Sockets;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// A connection that cannot be accepted because the host has no descriptor or memory left for it, or because it is
/// gone again: no reason to stop listening.
/// </summary>
public static class Shortage
{
    /// <summary>After it the next one is tried.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static bool Is(Exception exception) => exception is SocketException
    {
        SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable
            or SocketError.ConnectionAborted or SocketError.ConnectionReset,
    };
}
