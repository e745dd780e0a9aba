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

    /// <summary>Filter of what is this run's: <c>torture.run=ID</c>.</summary>
    public string Filter => $"{RunLabel}={Labels[RunLabel]}";

    /// <param name="runId">For people; need not be unique.</param>
    public static RunMark Begin(string runId)
    {
        var folder = Directory.CreateDirectory(
            Path.Combine(Path.GetTempPath(), $"torture-runs-{Environment.UserName}")).FullName;
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        var name = string.Create(CultureInfo.InvariantCulture, $"{key}.{Environment.ProcessId}.lock");
        var held = new FileStream(
            Path.Combine(folder, name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        return new RunMark(runId, key, held);
    }

    /// <summary>Such as <c>torture-1a2b3c4d-n1</c>.</summary>
    public string NameOf(string what) => $"torture-{Key}-{what}";

    public void Dispose()
    {
        File.Delete(_lock.Name);
        _lock.Dispose();
    }
}
