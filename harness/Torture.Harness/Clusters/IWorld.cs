namespace Torture.Harness.Clusters;

/// <summary>
/// One thread with a clock of its own: clusters and cases that live in it have no other. Time goes on when nothing is
/// left to do, to the moment when something is.
/// </summary>
public interface IWorld
{
    TimeProvider Time { get; }

    /// <summary>Runs it to its end, on this thread, with all that goes on beside it.</summary>
    /// <exception cref="DeadlockException">It cannot come to its end.</exception>
    T Run<T>(Func<Task<T>> doing);

    /// <summary>What waits for what, a line each.</summary>
    IReadOnlyList<string> Waits();
}

/// <summary>A target whose clusters live in worlds: each case has one, which is what its seed makes it.</summary>
public interface IWorldTarget : ITarget
{
    IWorld NewWorld(int seed);
}

/// <summary>Nothing goes on in a world, and nothing ever will.</summary>
public sealed class DeadlockException(IReadOnlyList<string> waits)
    : Exception($"deadlock: nothing is left to be done, and no timer runs{string.Concat(waits.Select(Line))}")
{
    private static string Line(string wait) => $"{Environment.NewLine}  {wait}";
}
