using System.Runtime.CompilerServices;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Control;

/// <summary>A connection to a control port. One request at a time.</summary>
public sealed class ControlClient(Stream connection) : IAsyncDisposable
{
    private readonly LineStream _lines = new(connection);
    private readonly SemaphoreSlim _one = new(1);

    /// <exception cref="IOException">The node does not answer any more.</exception>
    public async Task<ControlResponse> AskAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await _lines.WriteAsync(request, ControlJson.Default.ControlRequest, cancellationToken);
            return await _lines.ReadAsync(ControlJson.Default.ControlResponse, cancellationToken)
                ?? throw new IOException("The node closed its control port.");
        }
        catch (InvalidDataException refused)
        {
            throw new IOException($"The control port answers nonsense: {refused.Message}", refused);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The status first, then each event as it happens. Ends with the connection.</summary>
    public async IAsyncEnumerable<ControlResponse> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _lines.WriteAsync(
            new ControlRequest(ControlVerb.Watch), ControlJson.Default.ControlRequest, cancellationToken);
        while (await _lines.ReadAsync(ControlJson.Default.ControlResponse, cancellationToken) is { } heard)
        {
            yield return heard;
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
