using System.Net.Sockets;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// A connection that cannot be accepted because the host has no descriptor or memory left for it, or because it is
/// gone again: no reason to stop listening.
/// </summary>
public static class Shortage
{
    /// <summary>After it the next one is tried.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Accepts the next connection, however long the shortage lasts.</summary>
    /// <param name="told">Told why, for each one that could not be accepted.</param>
    public static async Task<T> OutlastAsync<T>(
        Func<CancellationToken, ValueTask<T>> accept, TimeProvider time, CancellationToken cancellationToken,
        Action<string>? told = null)
    {
        while (true)
        {
            try
            {
                return await accept(cancellationToken);
            }
            catch (Exception crowded) when (Is(crowded))
            {
                told?.Invoke(crowded.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private static bool Is(Exception exception) => exception is SocketException
    {
        SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable
            or SocketError.ConnectionAborted or SocketError.ConnectionReset,
    };
}
