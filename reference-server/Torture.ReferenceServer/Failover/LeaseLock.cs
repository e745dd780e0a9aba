using System.Globalization;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// A lease in a folder that all nodes see. Each term is a file of its own, <c>term.N</c>, and the node that creates
/// it holds the term: creation is what decides between two. The holder counts up in <c>beat.N</c>; a term that does
/// not count for the time of a lease, by the clock of who watches it, has ended. Nobody waits for a frozen holder.
/// The holder also keeps its term file locked, so that the end of its process ends the term at once.
/// </summary>
public sealed class LeaseLock(string folder, TimeSpan lease, MonotonicClock clock) : IClusterLock
{
    private const string Term = "term.";
    private const string Beat = "beat.";

    private FileStream? _held;
    private FileStream? _beat;
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

        var start = clock.Now;
        if (HighestTerm() != _heldTerm)
        {
            Drop();
            return default;
        }

        WriteBeat();
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
        using var probe = highest > 0 ? LockEnded(highest) : null;
        if (highest > 0 && probe is null && !HasStoodStill(highest))
        {
            return null;
        }

        var term = highest + 1;
        var previous = highest > 0 ? ReadBeat(highest).Split(' ')[0] : null;
        try
        {
            _held = new FileStream(PathOf(Term, term), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException)
        {
            return null;
        }

        (_node, _heldTerm, _count) = (node, term, 0);
        _beat = new FileStream(
            PathOf(Beat, term), FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1);
        WriteBeat();
        if (HighestTerm() != term)
        {
            Drop();
            return null;
        }

        RemoveOlder(term - 1);
        return new LockTerm(term, start + lease, previous, PreviousExpired: highest > 0 && probe is null);
    }

    /// <summary>
    /// The locked file of a term whose holder has ended; null while the holder has it. It is kept until the next term
    /// is there: a holder that has created its file and not yet locked it then finds that it came too late.
    /// </summary>
    private FileStream? LockEnded(long term)
    {
        try
        {
            return new FileStream(PathOf(Term, term), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private bool HasStoodStill(long term)
    {
        var text = ReadBeat(term);
        if (term != _watchedTerm || text != _watchedText)
        {
            (_watchedTerm, _watchedText, _watchedSince) = (term, text, clock.Now);
            return false;
        }

        return clock.Now - _watchedSince > lease;
    }

    private string ReadBeat(long term)
    {
        try
        {
            const FileShare all = FileShare.ReadWrite | FileShare.Delete;
            using var file = new FileStream(PathOf(Beat, term), FileMode.Open, FileAccess.Read, all);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private void WriteBeat()
    {
        _beat!.Position = 0;
        _beat.Write(System.Text.Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{_node} {++_count}")));
        _beat.Flush();
    }

    private long HighestTerm() =>
        Directory.EnumerateFiles(folder, Term + "*").Select(TermOf).DefaultIfEmpty().Max();

    private void RemoveOlder(long than)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => TermOf(file) < than))
        {
            File.Delete(file);
        }
    }

    private void Drop()
    {
        _beat?.Dispose();
        _held?.Dispose();
        (_beat, _held) = (null, null);
    }

    private string PathOf(string kind, long term) =>
        Path.Combine(folder, kind + term.ToString(CultureInfo.InvariantCulture));

    private static long TermOf(string path) =>
        long.TryParse(Path.GetExtension(path.AsSpan()).TrimStart('.'), NumberStyles.None, CultureInfo.InvariantCulture,
            out var term) ? term : 0;
}
