using System.Globalization;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// A lock on one file, kept until its holder closes it or ends, as CTDB's is. A holder that is frozen keeps it, and
/// the cluster stands still until it goes on or is killed. The file's first line is the term and its holder.
/// </summary>
/// <param name="path">On a local file system of Linux.</param>
/// <param name="permission">How long the holder may go on without having looked at the file.</param>
/// <param name="clock">The holder's.</param>
public sealed class FileLock(string path, TimeSpan permission, MonotonicClock clock) : IClusterLock
{
    private const int MaximumLine = 64;

    private FileStream? _held;
    private string? _file;
    private long _term;

    public ValueTask<LockTerm?> TryAcquireAsync(string node, CancellationToken cancellationToken)
    {
        try
        {
            return new ValueTask<LockTerm?>(TryAcquire(node));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Drop();
            return ValueTask.FromException<LockTerm?>(new IOException(refused.Message, refused));
        }
    }

    public ValueTask<LockTerm?> RenewAsync(CancellationToken cancellationToken)
    {
        if (_held is null)
        {
            return default;
        }

        var until = clock.Now + permission;
        if (FileOf(_held) == _file)
        {
            return new ValueTask<LockTerm?>(new LockTerm(_term, until));
        }

        // The file was removed or replaced: another node may hold the one that is there now.
        Drop();
        return default;
    }

    public ValueTask ReleaseAsync()
    {
        Drop();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ReleaseAsync();

    private LockTerm? TryAcquire(string node)
    {
        var until = clock.Now + permission;
        if (_held is not null || Open() is not { } file)
        {
            return null;
        }

        _held = file;
        _file = FileOf(file);
        if (!File.Exists(_file))
        {
            // Removed between open and lock.
            Drop();
            return null;
        }

        var before = ReadLine(file).Split(' ');
        _ = long.TryParse(before[0], NumberStyles.None, CultureInfo.InvariantCulture, out var last);
        _term = last < long.MaxValue
            ? last + 1
            : throw new IOException($"{path} leaves no number for the next term: remove it.");
        Write(file, string.Create(CultureInfo.InvariantCulture, $"{_term} {node}\n"));
        return new LockTerm(_term, until, last > 0 ? before.ElementAtOrDefault(1) : null);
    }

    /// <returns>Null: somebody else has it.</returns>
    private FileStream? Open()
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    private static string ReadLine(FileStream file)
    {
        Span<byte> text = stackalloc byte[MaximumLine];
        var count = file.ReadAtLeast(text, MaximumLine, throwOnEndOfStream: false);
        return System.Text.Encoding.ASCII.GetString(text[..count]).Split('\n')[0];
    }

    /// <summary>The new line over the old one, then the end: who dies between the two leaves the new line.</summary>
    private static void Write(FileStream file, string line)
    {
        file.Position = 0;
        file.Write(System.Text.Encoding.ASCII.GetBytes(line));
        file.Flush();
        file.SetLength(line.Length);
    }

    /// <summary>Which file the kernel knows this one as: one that was removed is called so.</summary>
    private static string FileOf(FileStream file) =>
        File.ResolveLinkTarget($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}", false)?.FullName ?? "";

    private void Drop()
    {
        _held?.Dispose();
        _held = null;
    }
}
