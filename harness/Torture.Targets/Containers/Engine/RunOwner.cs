namespace Torture.Targets.Containers.Engine;

/// <summary>Which process made something on an engine.</summary>
/// <param name="Machine">Its name and its id.</param>
/// <param name="Boot">Changes when the machine starts.</param>
/// <param name="Files">Which view of the file system: two containers of one machine do not share their paths.</param>
/// <param name="Lock">The file that it holds locked while it lives.</param>
internal sealed record RunOwner(string Machine, string Boot, string Files, string Lock)
{
    private const char Separator = ' ';

    public static RunOwner Here(string @lock) => new(
        $"{Environment.MachineName}/{Read("/etc/machine-id")}",
        Read("/proc/sys/kernel/random/boot_id"),
        new FileInfo("/proc/self/ns/mnt").LinkTarget ?? "-",
        @lock);

    /// <returns>Null where it is no owner's label.</returns>
    public static RunOwner? Parse(string? label) =>
        label?.Split(Separator, 4) is [var machine, var boot, var files, var path]
            ? new RunOwner(machine, boot, files, path)
            : null;

    /// <summary>Whether that process lives.</summary>
    /// <param name="here">An owner of this process.</param>
    /// <param name="isLocal">The engine is on this machine; another's clones may share name and id.</param>
    public OwnerState StateSeenFrom(RunOwner here, bool isLocal)
    {
        if (Machine != here.Machine || (Boot != here.Boot && !isLocal) || (Boot == here.Boot && Files != here.Files))
        {
            return OwnerState.Elsewhere;
        }

        return Boot != here.Boot || IsFree(Lock) ? OwnerState.Gone : OwnerState.Living;
    }

    public override string ToString() => string.Join(Separator, Machine, Boot, Files, Lock);

    public static bool IsFree(string path)
    {
        try
        {
            using var held = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            return true;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception held) when (held is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } text && !text.Contains(Separator) ? text : "-";
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return "-";
        }
    }
}

internal enum OwnerState
{
    Living,

    /// <summary>It crashed, or the machine was started again.</summary>
    Gone,

    /// <summary>Not to be told from here.</summary>
    Elsewhere,
}
