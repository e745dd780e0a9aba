namespace Torture.Targets.Loopback;

/// <summary>The locked files that say which loopback network is whose, the same for all users of a host.</summary>
internal static class ClaimFile
{
    private const UnixFileMode Everybody =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const UnixFileMode EverybodysFolder =
        Everybody | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        | UnixFileMode.StickyBit;

    public static string MakeFolder()
    {
        var folder = Path.Combine(Path.GetTempPath(), "torture-networks");
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            OpenTo(folder, EverybodysFolder);
        }

        return folder;
    }

    /// <returns>Null: a living process has it, or it cannot be had.</returns>
    public static FileStream? TryLock(string path)
    {
        try
        {
            // The kernel drops an exclusive lock with the process. It lets nobody, not even root, open a file of
            // another user in such a folder as one that is to be created.
            var isNew = !File.Exists(path);
            var mode = isNew ? FileMode.OpenOrCreate : FileMode.Open;
            var file = new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, 1);
            if (isNew)
            {
                OpenTo(path, Everybody);
            }

            return file;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void OpenTo(string path, UnixFileMode mode)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, mode);
            }
        }
        catch (UnauthorizedAccessException)
        {
            // Another user has made it in this very moment, and opens it.
        }
    }
}
