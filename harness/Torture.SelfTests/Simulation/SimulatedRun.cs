using System.Reflection;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.Simulation;

/// <summary>A run on the target simulation, in a folder that goes away.</summary>
internal sealed class SimulatedRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SimulatedRun()
    {
    }

    public RunResults Results { get; private set; } = null!;

    /// <summary>Every file of the run: its path, and what it holds.</summary>
    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public static async Task<SimulatedRun> OfAsync(
        string suites, Func<RunOptions, RunOptions> with, params string[] cases)
    {
        var run = new SimulatedRun();
        var runner = new SuiteRunner(Assembly.Load(suites));
        var options = with(new RunOptions { Target = "simulation", Out = run._folder.Path });
        string? folder = null;
        run.Results = await runner.RunAsync(options, runner.Select(cases), begun => folder = begun.Folder);
        foreach (var file in Directory.EnumerateFiles(folder!, "*", SearchOption.AllDirectories))
        {
            run.Files[Path.GetRelativePath(folder!, file)] = await File.ReadAllBytesAsync(file);
        }

        return run;
    }

    public static Task<SimulatedRun> OfAsync(Func<RunOptions, RunOptions> with, params string[] cases) =>
        OfAsync("Torture.Suites", with, cases);

    public static RunOptions AsItIs(RunOptions options) => options;

    public string Told() => string.Join(
        "; ", Results.Cases.Where(result => result.Verdict != Verdict.Passed)
            .Select(result => $"{result.Id} {result.Verdict}: {result.Message}"));

    public void Dispose() => _folder.Dispose();
}
