using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Protocol;
using Torture.Protocol.Smb2;

namespace Torture.Harness.Running;

/// <summary>
/// The client behind a workload: connects, negotiates, echoes; and again, when the connection breaks.
/// </summary>
/// <param name="pace">Between two operations.</param>
internal sealed class WorkloadLoop(CaseRun run, PublicAddress entry, CaseClient client, TimeSpan pace)
    : IAsyncDisposable
{
    /// <summary>To read all packets of a case takes a while.</summary>
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private long _number;

    public PublicAddress Entry { get; } = entry;

    public long Served { get; private set; }

    public async Task StartAsync()
    {
        _loop = LoopAsync();
        if (!await UntilServedAsync(1, run.Limits.Call))
        {
            throw new InconclusiveException($"no operation was served at {Entry} before anything was broken");
        }
    }

    /// <summary>As the client knows; nodes that all give the same name are told apart by packets only.</summary>
    public async Task<bool> UntilServedAgainAsync(TimeSpan limit)
    {
        var read = run.Time.GetTimestamp();
        return await Poll.UntilAsync(
            async () => IsServedAgain(ServedOperation.ByClients) || await IsSeenServedAgainAsync() ? this : null,
            limit, run.Time, run.Deadline) is not null;

        async Task<bool> IsSeenServedAgainAsync()
        {
            if (run.Time.GetElapsedTime(read) < BetweenReadings)
            {
                return false;
            }

            await run.ReadWireAsync();
            read = run.Time.GetTimestamp();
            return IsServedAgain(ServedOperation.AllOf);
        }
    }

    public Task<bool> UntilServedAsync(int more, TimeSpan limit)
    {
        var wanted = Served + more;
        return UntilAsync(() => Served >= wanted, limit);
    }

    public async ValueTask DisposeAsync()
    {
        _stopping.Cancel();
        await _loop;
        _stopping.Dispose();
    }

    private bool IsServedAgain(Func<IReadOnlyList<HistoryEvent>, IReadOnlyList<ServedOperation>> served)
    {
        var events = run.History.Events;
        return ServedOperation.IsServedAgain(Entry, events, served(events));
    }

    private async Task<bool> UntilAsync(Func<bool> condition, TimeSpan limit) =>
        await Poll.UntilAsync(
            () => Task.FromResult(condition() ? this : null), limit, run.Time, run.Deadline) is not null;

    private async Task LoopAsync()
    {
        var stop = _stopping.Token;
        while (!stop.IsCancellationRequested && !run.Deadline.IsCancellationRequested)
        {
            try
            {
                await using var connection = await ConnectAsync(stop);
                await using var smb = await Smb2Client.NegotiateAsync(connection.Stream, Options(), stop);
                while (!stop.IsCancellationRequested && smb.Ended is null)
                {
                    await OperateAsync(smb, stop);
                    await Task.Delay(pace, run.Time, stop);
                }
            }
            catch (Exception lost) when (lost is IOException or TimeoutException or ProtocolException)
            {
                // Not WhenAny of a delay that can be called off: that would go on elsewhere than where it waited.
                await Task.Delay(pace, run.Time, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<Connection> ConnectAsync(CancellationToken stop)
    {
        var to = new IPEndPoint(Entry.Address, run.Cluster.Ports.Smb);
        using var limit = new CancellationTokenSource(run.Limits.Operation, run.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            return await run.Cluster.ConnectAsync(client.For(to.Address), to, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException($"no connection to {to}");
        }
    }

    private async Task OperateAsync(Smb2Client smb, CancellationToken stop)
    {
        var number = ++_number;
        run.History.Add(at => new OperationStarted(at, number, Entry));
        var result = await smb.EchoAsync(stop);
        var end = result.Outcome switch
        {
            Smb2Outcome.Ok => OperationEnd.Ok,
            Smb2Outcome.Failed => OperationEnd.Failed,
            _ => OperationEnd.Indeterminate,
        };
        var by = end == OperationEnd.Ok && smb.ServerGuid != Guid.Empty ? smb.ServerGuid.ToString() : null;
        run.History.Add(at => new OperationEnded(at, number, Entry, end, by));
        Served += end == OperationEnd.Ok ? 1 : 0;
    }

    private Smb2ClientOptions Options() => new(run.Time, new Random(run.Random.Next()))
    {
        Timeout = run.Limits.Operation,
    };
}
