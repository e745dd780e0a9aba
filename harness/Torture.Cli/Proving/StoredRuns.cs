using Torture.Harness.Results;

namespace Torture.Cli.Proving;

/// <summary>Runs and proofs that lie in folders.</summary>
internal static class StoredRuns
{
    private const string Usual = "out";

    /// <param name="folders">Of runs, or above runs; none: <c>out</c>, where there is one.</param>
    /// <exception cref="InvalidDataException">A folder holds no run.</exception>
    public static IEnumerable<RunResults> Under(IReadOnlyList<string> folders) =>
        folders.Count > 0 ? folders.SelectMany(Of) : Directory.Exists(Usual) ? Newest(Usual) : [];

    private static IEnumerable<RunResults> Of(string folder)
    {
        if (File.Exists(Path.Combine(folder, ResultsFile.Name)))
        {
            return [ResultsFile.Read(folder)];
        }

        var below = Newest(folder).ToList();
        return below.Count > 0 ? below : throw new InvalidDataException($"no {ResultsFile.Name} in it or right below");
    }

    /// <summary>Of each target the newest finished run, and the newest proof.</summary>
    private static IEnumerable<RunResults> Newest(string above) =>
        Directory.EnumerateDirectories(above)
            .Where(folder => new DirectoryInfo(folder).LinkTarget is null)
            .Where(folder => File.Exists(Path.Combine(folder, ResultsFile.Name)))
            .Select(ResultsFile.Read)
            .Where(run => run.Finished && run.Mutant is null)
            .GroupBy(run => (run.Target, IsProof: run.Mutants.Count > 0))
            .Select(runs => runs.MaxBy(run => run.Started)!);
}
