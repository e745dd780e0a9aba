using System.Threading.Channels;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Failover;

/// <summary>An established link to a peer: lines in both directions. A peer that does not read loses it.</summary>
internal sealed class PeerLink : IAsyncDisposable
{
    private const int MaximumQueued = 512;

    private readonly NodeConnection _connection;
    private readonly LineStream _lines;
    private readonly Channel<LinkMessage> _outgoing = Channel.CreateBounded<LinkMessage>(MaximumQueued);
    private readonly CancellationTokenSource _ended = new();

    public PeerLink(NodeConnection connection, LineStream lines)
    {
        _connection = connection;
        _lines = lines;
    }

    /// <summary>Why this end closed it; null where it did not.</summary>
    public string? Failure { get; private set; }

    public void Send(LinkMessage message)
    {
        if (!_outgoing.Writer.TryWrite(message))
        {
            Failure ??= "the peer does not read";
            Close();
        }
    }

    /// <summary>Hands on what comes until the link ends, whoever ends it.</summary>
    public async Task RunAsync(Action<LinkMessage> received)
    {
        var writing = WriteAsync();
        try
        {
            while (await _lines.ReadAsync(ControlJson.Default.LinkMessage, _ended.Token) is { } message)
            {
                received(message);
            }
        }
        catch (InvalidDataException nonsense)
        {
            Failure = nonsense.Message;
        }
        catch (Exception ended) when (IsEnd(ended))
        {
        }

        Close();
        await writing;
        await _connection.DisposeAsync();
    }

    /// <summary>Ends it; <see cref="RunAsync"/> returns.</summary>
    public void Close()
    {
        _outgoing.Writer.TryComplete();
        _ended.Cancel();
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return _connection.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(_ended.Token))
            {
                await _lines.WriteAsync(message, ControlJson.Default.LinkMessage, _ended.Token);
            }
        }
        catch (Exception ended) when (IsEnd(ended))
        {
            Close();
        }
    }

    internal static bool IsEnd(Exception exception) =>
        exception is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException
            or System.Net.Sockets.SocketException;
}
