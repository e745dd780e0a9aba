using System.Threading.Channels;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Control;

/// <summary>Serves connections to a control port: a request a line, a response a line.</summary>
public sealed class ControlServer(ReferenceNode node)
{
    /// <summary>Longer lines end the connection, bytes.</summary>
    public const int MaximumLine = 256 * 1024;

    private const int MaximumUnread = 4096;

    /// <summary>Serves one connection until it ends.</summary>
    public async Task ServeAsync(Stream connection, CancellationToken cancellationToken)
    {
        var lines = new LineStream(connection, MaximumLine);
        try
        {
            while (await ReadAsync(lines, cancellationToken) is { } request)
            {
                if (request.Verb == ControlVerb.Watch)
                {
                    await WatchAsync(lines, cancellationToken);
                    return;
                }

                await AnswerAsync(lines, await ExecuteAsync(request), cancellationToken);
            }
        }
        catch (InvalidDataException refused)
        {
            await AnswerAsync(lines, ControlResponse.Refused(refused.Message), cancellationToken);
        }
    }

    private static ValueTask<ControlRequest?> ReadAsync(LineStream lines, CancellationToken cancellationToken) =>
        lines.ReadAsync(ControlJson.Default.ControlRequest, cancellationToken);

    private static ValueTask AnswerAsync(
        LineStream lines, ControlResponse response, CancellationToken cancellationToken) =>
        lines.WriteAsync(response, ControlJson.Default.ControlResponse, cancellationToken);

    /// <summary>Carries one request out, and says so where that fails.</summary>
    public async ValueTask<ControlResponse> ExecuteAsync(ControlRequest request)
    {
        try
        {
            return await node.ExecuteAsync(request);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            node.Environment.Log($"control: {request.Verb}: {failure}");
            return ControlResponse.Refused(failure.Message);
        }
    }

    /// <summary>
    /// First what is, then what happens, until the watcher closes its side. One that does not read is cut off.
    /// </summary>
    private async Task WatchAsync(LineStream lines, CancellationToken cancellationToken)
    {
        var events = Channel.CreateBounded<NodeEvent>(MaximumUnread);
        void Heard(NodeEvent happened)
        {
            if (!events.Writer.TryWrite(happened))
            {
                events.Writer.TryComplete();
            }
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        node.Engine.Changed += Heard;
        var leaving = LeaveAsync(lines, ended);
        try
        {
            await AnswerAsync(lines, node.ExecuteHere(new ControlRequest(ControlVerb.Observe)), ended.Token);
            while (await events.Reader.WaitToReadAsync(ended.Token))
            {
                while (events.Reader.TryRead(out var happened))
                {
                    await AnswerAsync(lines, new ControlResponse(true) { Event = happened }, ended.Token);
                }
            }
        }
        finally
        {
            node.Engine.Changed -= Heard;
            ended.Cancel();
            await leaving;
        }
    }

    /// <summary>A watcher has nothing more to say; once it is gone there is nobody to wait for events for.</summary>
    private static async Task LeaveAsync(LineStream lines, CancellationTokenSource ended)
    {
        try
        {
            while (await ReadAsync(lines, ended.Token) is not null)
            {
            }
        }
        catch (Exception gone) when (gone is IOException or InvalidDataException or OperationCanceledException)
        {
        }

        ended.Cancel();
    }
}
