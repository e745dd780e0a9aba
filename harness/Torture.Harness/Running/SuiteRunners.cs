using System.Collections.Concurrent;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>Runs side by side: each takes a runner that is idle, or a new one.</summary>
/// <param name="make">One more of them.</param>
public sealed class SuiteRunners(Func<SuiteRunner> make)
{
    private readonly ConcurrentBag<SuiteRunner> _idle = [];

    /// <param name="choose">Which of all cases.</param>
    /// <param name="begun">Gets the run before its first case.</param>
    public async Task<RunResults> RunAsync(
        RunOptions options, Func<IReadOnlyList<PlannedCase>, IEnumerable<PlannedCase>> choose,
        Action<TortureRun>? begun = null, CancellationToken cancellationToken = default)
    {
        var runner = _idle.TryTake(out var idle) ? idle : make();
        try
        {
            return await runner.RunAsync(options, [.. choose(runner.Cases)], begun, cancellationToken);
        }
        finally
        {
            _idle.Add(runner);
        }
    }
}
