using System.Globalization;
using System.Security.Cryptography;

namespace Torture.Targets.Containers.Engine;

/// <summary>
/// The labels of all that a run makes on an engine, and a file that stays locked for as long as the run lives: the
/// kernel drops the lock with the process, so that what a crashed run left is recognised.
/// </summary>
internal sealed class RunMark : IDisposable
{
    public const string RunLabel = "torture.run";
    public const string OwnerLabel = "torture.owner";
    private const int KeyBytes = 4;

    private static readonly string Runs = Path.Combine(Path.GetTempPath(), $"torture-runs-{Environment.UserName}");

    private readonly FileStream _lock;

    private RunMark(string runId, string key, FileStream held)
    {
        (Key, _lock) = (key, held);
        Labels = new Dictionary<string, string>
        {
            [RunLabel] = $"{runId}.{key}",
            [OwnerLabel] = RunOwner.Here(held.Name).ToString(),
        };
    }

    /// <summary>Short, and no other run's: for names, <c>torture-KEY-n1</c>.</summary>
    public string Key { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>Where the run may keep what has to be gone with it: short, and swept as all else is.</summary>
    public string Folder => FolderOf(_lock.Name);

    /// <summary>Filter of what is this run's: <c>torture.run=ID</c>.</summary>
    public string Filter => $"{RunLabel}={Labels[RunLabel]}";

    /// <param name="runId">For people; need not be unique.</param>
    public static RunMark Begin(string runId)
    {
        var folder = Directory.CreateDirectory(Runs).FullName;
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        var name = string.Create(CultureInfo.InvariantCulture, $"{key}.{Environment.ProcessId}.lock");
        var held = new FileStream(
            Path.Combine(folder, name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        return new RunMark(runId, key, held);
    }

    /// <summary>Removes the folders of runs that have crashed.</summary>
    /// <returns>Which.</returns>
    public static IReadOnlyList<string> SweepFolders()
    {
        var removed = new List<string>();
        foreach (var file in Directory.Exists(Runs) ? Directory.GetFiles(Runs, "*.lock") : [])
        {
            if (RunOwner.IsFree(file))
            {
                if (Directory.Exists(FolderOf(file)))
                {
                    Directory.Delete(FolderOf(file), recursive: true);
                    removed.Add(FolderOf(file));
                }

                File.Delete(file);
            }
        }

        return removed;
    }

    /// <summary>Such as <c>torture-1a2b3c4d-n1</c>.</summary>
    public string NameOf(string what) => $"torture-{Key}-{what}";

    public void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        File.Delete(_lock.Name);
        _lock.Dispose();
    }

    private static string FolderOf(string @lock) => Path.Combine(Runs, Path.GetFileName(@lock).Split('.')[0]);
}
