namespace Torture.ReferenceServer.Failover;

/// <summary>Which of the nodes leads. At most one holds it at a time.</summary>
public interface IClusterLock : IAsyncDisposable
{
    /// <summary>Tries once.</summary>
    /// <returns>The new term; null while somebody else holds it.</returns>
    /// <exception cref="IOException">The lock cannot be reached.</exception>
    ValueTask<LockTerm?> TryAcquireAsync(string node, CancellationToken cancellationToken);

    /// <summary>Keeps it.</summary>
    /// <returns>Until when the term holds now; null: it was lost.</returns>
    /// <exception cref="IOException">The lock cannot be reached; the term goes on to its end.</exception>
    ValueTask<LockTerm?> RenewAsync(CancellationToken cancellationToken);

    ValueTask ReleaseAsync();
}

/// <param name="Term">Greater than every term before.</param>
/// <param name="Until">By the clock of the holder: then it must have stopped.</param>
/// <param name="Previous">Who held it before; null where nobody did, or a renewal.</param>
/// <param name="PreviousExpired">That holder neither ended nor let go: it did not renew.</param>
public sealed record LockTerm(long Term, TimeSpan Until, string? Previous = null, bool PreviousExpired = false);

/// <summary>A lock that can be told not to answer this node: its holder can let go of it, and nothing else.</summary>
public sealed class LosableLock(IClusterLock inner) : IClusterLock
{
    private volatile bool _isLost;

    public bool IsLost
    {
        get => _isLost;
        set => _isLost = value;
    }

    public ValueTask<LockTerm?> TryAcquireAsync(string node, CancellationToken cancellationToken) =>
        _isLost ? default : inner.TryAcquireAsync(node, cancellationToken);

    public ValueTask<LockTerm?> RenewAsync(CancellationToken cancellationToken) =>
        _isLost
            ? ValueTask.FromException<LockTerm?>(new IOException("The cluster lock does not answer."))
            : inner.RenewAsync(cancellationToken);

    public ValueTask ReleaseAsync() => inner.ReleaseAsync();

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
