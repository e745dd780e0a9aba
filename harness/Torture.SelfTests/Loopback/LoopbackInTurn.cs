using Torture.Harness.Clusters;
using Torture.Targets.Loopback;

namespace Torture.SelfTests.Loopback;

/// <summary>
/// The target loopback for tests that run side by side: its clusters come up one after the other, since that is when
/// they take processor time, and when they are up they wait. Who stands in line has not begun yet: no limit of a
/// cluster runs.
/// </summary>
internal sealed class LoopbackInTurn : ITarget
{
    private static readonly SemaphoreSlim Turn = new(1);

    /// <summary>
    /// Nodes of a test live for seconds: compiling what they do often once more, for speed, took as much time of the
    /// processors as their start. Nothing is compiled again before 10 s; nodes inherit it from this process.
    /// </summary>
    static LoopbackInTurn() => Environment.SetEnvironmentVariable("DOTNET_TC_CallCountingDelayMs", "2710");

    public Task<ICluster> UpAsync(TargetOptions options, CancellationToken cancellationToken) =>
        TakeAsync(() => new LoopbackTarget().UpAsync(options, cancellationToken), cancellationToken);

    /// <summary>For what brings a cluster up in another process.</summary>
    public static async Task<T> TakeAsync<T>(Func<Task<T>> up, CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken);
        try
        {
            return await up();
        }
        finally
        {
            Turn.Release();
        }
    }
}
