using Torture.Harness.Clusters;

namespace Torture.Harness.Running;

/// <summary>The client behind a workload.</summary>
internal sealed class WorkloadLoop(CaseRun run, PublicAddress entry, CaseClient client) : IAsyncDisposable
{
    public PublicAddress Entry { get; } = entry;

    public long Served { get; private set; }

    public Task StartAsync() => Task.FromException(
        new InconclusiveException($"{run.Id}: no SMB2 client for {client.Name}"));

    public Task<bool> UntilServedAgainAsync(TimeSpan limit) => Task.FromResult(Served < 0 && limit > TimeSpan.Zero);

    public Task<bool> UntilServedAsync(int more, TimeSpan limit) => Task.FromResult(more < 0 && limit > TimeSpan.Zero);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
