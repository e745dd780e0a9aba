using System.Globalization;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// A lock on one file, kept until its holder closes it or ends, as CTDB's is. A holder that is frozen keeps it, and
/// the cluster stands still until it goes on or is killed.
/// </summary>
public sealed class FileLock(string path, TimeSpan permission, MonotonicClock clock) : IClusterLock
{
    private FileStream? _held;
    private long _term;

    public ValueTask<LockTerm?> TryAcquireAsync(string node, CancellationToken cancellationToken)
    {
        try
        {
            _held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return default;
        }

        string[] before;
        using (var reader = new StreamReader(_held, leaveOpen: true))
        {
            before = reader.ReadToEnd().Split(' ');
        }

        _ = long.TryParse(before[0], CultureInfo.InvariantCulture, out _term);
        _term++;
        _held.SetLength(0);
        var text = string.Create(CultureInfo.InvariantCulture, $"{_term} {node}");
        _held.Write(System.Text.Encoding.ASCII.GetBytes(text));
        _held.Flush();
        return new ValueTask<LockTerm?>(new LockTerm(_term, clock.Now + permission, before.ElementAtOrDefault(1)));
    }

    public ValueTask<LockTerm?> RenewAsync(CancellationToken cancellationToken) =>
        _held is not null && File.Exists(path)
            ? new ValueTask<LockTerm?>(new LockTerm(_term, clock.Now + permission))
            : default;

    public ValueTask ReleaseAsync()
    {
        _held?.Dispose();
        _held = null;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ReleaseAsync();
}
