using System.Reflection;
using Torture.Harness.Clusters;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.SelfTests.Harness;

/// <summary>Runs cases of the tiny suite with NUnit's own engine, in a folder that goes away.</summary>
internal sealed class TinyRun : IDisposable
{
    private readonly SuiteRunner _runner = new(Assembly.Load("Torture.TinySuite"));

    public string Out { get; } = Directory.CreateTempSubdirectory("torture-tiny-").FullName;

    public FakeCluster Cluster { get; init; } = new();

    public string Folder { get; private set; } = "";

    public IReadOnlyList<PlannedCase> Cases => _runner.Cases;

    public async Task<CaseResult> OneAsync(string id, Func<RunOptions, RunOptions>? with = null) =>
        (await RunAsync(with, id)).Cases.Single();

    public Task<RunResults> RunAsync(Func<RunOptions, RunOptions>? with, params string[] prefixes) =>
        RunAsync(with, prefixes, begun: null);

    public async Task<RunResults> RunAsync(
        Func<RunOptions, RunOptions>? with, string[] prefixes, Action<TortureRun>? begun)
    {
        var options = new RunOptions
        {
            Target = "fake",
            Out = Out,
            Up = (_, _) => Task.FromResult<ICluster>(Cluster),
        };
        return await _runner.RunAsync(
            with is null ? options : with(options), _runner.Select(prefixes), run =>
            {
                Folder = run.Folder;
                begun?.Invoke(run);
            });
    }

    public void Dispose() => Directory.Delete(Out, recursive: true);
}
