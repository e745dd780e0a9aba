using System.Globalization;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// A lease in a folder that all nodes see. Each term is a file of its own, <c>term.N</c>, and the node that creates
/// it holds the term: creation is what decides between two. The holder counts up in <c>beat.N</c>; a term that does
/// not count for the time of a lease, by the clock of who watches it, has ended. Nobody waits for a frozen holder.
/// The holder also keeps its term file locked, so that the end of its process ends the term at once.
/// </summary>
/// <remarks>
/// A holder that renews counts first and looks for a newer term then; a contender begins its term first and looks
/// whether the holder has counted then. So one of the two gives way, also where one stood still between its two steps.
/// </remarks>
public sealed class LeaseLock(string folder, TimeSpan lease, MonotonicClock clock) : IClusterLock
{
    private const string Term = "term.";
    private const string Beat = "beat.";
    private const int MaximumBeat = 64;

    private FileStream? _held;
    private FileStream? _beat;
    private string _node = "";
    private long _heldTerm;
    private long _count;
    private long _watchedTerm = -1;
    private string _watchedText = "";
    private TimeSpan _watchedSince;

    /// <summary>The holder has counted since it was first looked at: it lives, whoever waits waits for long.</summary>
    public bool HolderCounts { get; private set; }

    /// <summary>The last term, and what its holder has written last: its name and how far it has counted.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    internal static (long Term, string Beat) Read(string folder)
    {
        var term = HighestTerm(folder);
        return (term, ReadBeat(folder, term));
    }

    public ValueTask<LockTerm?> TryAcquireAsync(string node, CancellationToken cancellationToken)
    {
        if (_held is not null)
        {
            return default;
        }

        try
        {
            Directory.CreateDirectory(folder);
            return new ValueTask<LockTerm?>(TryAcquire(node));
        }
        catch (Exception refused) when (IsTrouble(refused))
        {
            Withdraw();
            return Unreachable(refused);
        }
    }

    public ValueTask<LockTerm?> RenewAsync(CancellationToken cancellationToken)
    {
        if (_held is null)
        {
            return default;
        }

        try
        {
            var start = clock.Now;
            var beat = WriteBeat();
            if (HighestTerm() == _heldTerm && ReadBeat(_heldTerm) == beat)
            {
                return new ValueTask<LockTerm?>(new LockTerm(_heldTerm, start + lease));
            }

            // There is a newer term, or the folder is another one.
            Drop();
            return default;
        }
        catch (Exception refused) when (IsTrouble(refused))
        {
            return Unreachable(refused);
        }
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

        var beat = highest > 0 ? ReadBeat(highest) : null;
        if (!Begin(node, highest + 1))
        {
            return null;
        }

        if (HighestTerm() != _heldTerm)
        {
            Drop();
            return null;
        }

        if (probe is null && highest > 0 && ReadBeat(highest) != _watchedText)
        {
            // The holder was only slow.
            Withdraw();
            return null;
        }

        RemoveOlder(highest);
        var expired = highest > 0 && probe is null;
        return new LockTerm(_heldTerm, start + lease, beat?.Split(' ')[0], expired);
    }

    /// <returns>False: somebody else was quicker.</returns>
    private bool Begin(string node, long term)
    {
        (_node, _heldTerm, _count) = (node, term, 0);
        try
        {
            _held = new FileStream(PathOf(Term, term), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException) when (HighestTerm() >= term)
        {
            return false;
        }

        _beat = new FileStream(
            PathOf(Beat, term), FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1);
        WriteBeat();
        return true;
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
            HolderCounts = term == _watchedTerm;
            (_watchedTerm, _watchedText, _watchedSince) = (term, text, clock.Now);
            return false;
        }

        return clock.Now - _watchedSince > lease;
    }

    private string ReadBeat(long term) => ReadBeat(folder, term);

    private static string ReadBeat(string folder, long term)
    {
        try
        {
            const FileShare all = FileShare.ReadWrite | FileShare.Delete;
            using var file = new FileStream(PathOf(folder, Beat, term), FileMode.Open, FileAccess.Read, all);
            Span<byte> text = stackalloc byte[MaximumBeat];
            return System.Text.Encoding.ASCII.GetString(text[..file.ReadAtLeast(text, MaximumBeat, false)]);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private string WriteBeat()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{_node} {++_count}");
        _beat!.Position = 0;
        _beat.Write(System.Text.Encoding.ASCII.GetBytes(text));
        _beat.Flush();
        return text;
    }

    private long HighestTerm() => HighestTerm(folder);

    private static long HighestTerm(string folder)
    {
        var highest = Directory.EnumerateFileSystemEntries(folder, Term + "*").Select(TermOf).DefaultIfEmpty().Max();
        return highest < long.MaxValue
            ? highest
            : throw new IOException($"{PathOf(folder, Term, highest)} leaves no number for the next term: remove it.");
    }

    private void RemoveOlder(long than)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => TermOf(file) > 0 && TermOf(file) < than))
        {
            Remove(file);
        }
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception refused) when (IsTrouble(refused))
        {
            // It does no harm: what counts is the highest term.
        }
    }

    /// <summary>A term that was begun and not handed out: the one before it is the last one again.</summary>
    private void Withdraw()
    {
        if (_held is not null)
        {
            Remove(PathOf(Term, _heldTerm));
            Remove(PathOf(Beat, _heldTerm));
        }

        Drop();
    }

    private void Drop()
    {
        _beat?.Dispose();
        _held?.Dispose();
        (_beat, _held) = (null, null);
    }

    private static bool IsTrouble(Exception exception) => exception is IOException or UnauthorizedAccessException;

    private static ValueTask<LockTerm?> Unreachable(Exception why) =>
        ValueTask.FromException<LockTerm?>(new IOException(why.Message, why));

    private string PathOf(string kind, long term) => PathOf(folder, kind, term);

    private static string PathOf(string folder, string kind, long term) =>
        Path.Combine(folder, kind + term.ToString(CultureInfo.InvariantCulture));

    /// <returns>0: the file is none of a term.</returns>
    private static long TermOf(string path)
    {
        var name = Path.GetFileName(path);
        var prefix = new[] { Term, Beat }.FirstOrDefault(kind => name.StartsWith(kind, StringComparison.Ordinal));
        return prefix is not null
            && long.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var term)
                ? term
                : 0;
    }
}
