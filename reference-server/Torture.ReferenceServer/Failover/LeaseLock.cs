using System.Globalization;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// A lease in a folder that all nodes see. Each term is a file of its own, <c>term.N</c>, and the node that creates
/// it holds the term: creation is what decides between two. The holder counts up in its file; a term that does not
/// count for the time of a lease, by the clock of who watches it, has ended. Nobody waits for a frozen holder. The
/// holder also keeps its file locked, so that the end of its process ends the term at once.
/// </summary>
public sealed class LeaseLock(string folder, TimeSpan lease, MonotonicClock clock) : IClusterLock
{
    private const string Prefix = "term.";

    private FileStream? _held;
    private string _node = "";
    private long _heldTerm;
    private long _count;
    private long _watchedTerm = -1;
    private string _watchedText = "";
    private TimeSpan _watchedSince;

    public ValueTask<LockTerm?> TryAcquireAsync(string node, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new ValueTask<LockTerm?>(TryAcquire(node));
        }
        catch (UnauthorizedAccessException refused)
        {
            return ValueTask.FromException<LockTerm?>(new IOException(refused.Message, refused));
        }
    }

    public ValueTask<LockTerm?> RenewAsync(CancellationToken cancellationToken)
    {
        if (_held is null)
        {
            return default;
        }

        var start = clock.Now;
        if (HighestTerm() != _heldTerm)
        {
            Drop();
            return default;
        }

        Write(_held, _node, ++_count);
        return new ValueTask<LockTerm?>(new LockTerm(_heldTerm, start + lease));
    }

    public ValueTask ReleaseAsync()
    {
        Drop();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ReleaseAsync();

    private LockTerm? TryAcquire(string node)
    {
        var highest = HighestTerm();
        var start = clock.Now;
        using var probe = highest > 0 ? Probe(PathOf(highest)) : null;
        if (highest > 0 && probe is null && !HasStoodStill(highest))
        {
            return null;
        }

        var term = highest + 1;
        var previous = highest > 0 ? ReadText(PathOf(highest), probe).Split(' ')[0] : null;
        try
        {
            _held = new FileStream(PathOf(term), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException)
        {
            return null;
        }

        (_node, _heldTerm, _count) = (node, term, 0);
        Write(_held, node, 0);
        if (HighestTerm() != term)
        {
            Drop();
            return null;
        }

        RemoveOlder(term - 1);
        return new LockTerm(term, start + lease, previous, PreviousExpired: highest > 0 && probe is null);
    }

    /// <summary>The file of a term whose holder has ended, locked; null while somebody has it open.</summary>
    private static FileStream? Probe(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private bool HasStoodStill(long term)
    {
        var text = ReadText(PathOf(term), null);
        if (term != _watchedTerm || text != _watchedText)
        {
            (_watchedTerm, _watchedText, _watchedSince) = (term, text, clock.Now);
            return false;
        }

        return clock.Now - _watchedSince > lease;
    }

    private static string ReadText(string path, FileStream? open)
    {
        try
        {
            const FileShare all = FileShare.ReadWrite | FileShare.Delete;
            using var file = open is null ? new FileStream(path, FileMode.Open, FileAccess.Read, all) : null;
            using var reader = new StreamReader(file ?? open!, leaveOpen: true);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static void Write(FileStream file, string node, long count)
    {
        file.Position = 0;
        file.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{node} {count}")));
        file.Flush();
    }

    private long HighestTerm() =>
        Directory.EnumerateFiles(folder, Prefix + "*").Select(TermOf).DefaultIfEmpty().Max();

    private void RemoveOlder(long than)
    {
        foreach (var file in Directory.EnumerateFiles(folder, Prefix + "*").Where(file => TermOf(file) < than))
        {
            File.Delete(file);
        }
    }

    private void Drop()
    {
        _held?.Dispose();
        _held = null;
    }

    private string PathOf(long term) =>
        Path.Combine(folder, Prefix + term.ToString(CultureInfo.InvariantCulture));

    private static long TermOf(string path) =>
        long.TryParse(
            Path.GetFileName(path.AsSpan())[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture,
            out var term) ? term : 0;
}
