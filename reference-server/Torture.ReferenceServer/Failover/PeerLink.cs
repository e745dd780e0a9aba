using System.Threading.Channels;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Failover;

/// <summary>An established link to a peer: lines in both directions. A peer that does not read loses it.</summary>
internal sealed class PeerLink : IAsyncDisposable
{
    private const int MaximumQueued = 512;
    private const int Busy = 32;

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

    /// <summary>Lines wait for the peer to read: nothing that is not urgent should come on top.</summary>
    public bool IsBusy => _outgoing.Reader.Count > Busy;

    /// <returns>False: the peer has not read for so long that there is no room.</returns>
    public bool Send(LinkMessage message) => _outgoing.Writer.TryWrite(message) || _ended.IsCancellationRequested;

    /// <summary>
    /// Hands on what comes until the link ends, whoever ends it. The connection stays open until disposed.
    /// </summary>
    /// <param name="received">The next message is read once it has returned.</param>
    public async Task RunAsync(Func<LinkMessage, Task> received)
    {
        var writing = WriteAsync();
        try
        {
            while (await _lines.ReadAsync(ControlJson.Default.LinkMessage, _ended.Token) is { } message)
            {
                await received(message);
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
            while (await _outgoing.Reader.WaitToReadAsync(_ended.Token))
            {
                while (_outgoing.Reader.TryRead(out var message))
                {
                    await _lines.WriteAsync(message, ControlJson.Default.LinkMessage, _ended.Token);
                }
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
