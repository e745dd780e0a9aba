namespace Torture.Captures;

/// <summary>What the kernel counted since a capture began.</summary>
/// <param name="Received">Packets that passed the filter.</param>
/// <param name="Dropped">Packets lost because the buffer was full: a run that lost some must say so.</param>
public readonly record struct CaptureStatistics(long Received, long Dropped);

/// <summary>An interface that is being captured. One thread reads; Stop may be called from any.</summary>
public interface ICaptureDevice : IDisposable
{
    string Name { get; }

    LinkType Link { get; }

    int SnapLength { get; }

    /// <summary>The BPF expression in force; empty for all packets.</summary>
    string Filter { get; }

    /// <summary>
    /// The next packet; null where none came within <paramref name="wait"/>, zero for what is there. Frame numbers
    /// count from 1.
    /// </summary>
    /// <exception cref="CaptureException">The interface went away.</exception>
    CapturedPacket? Read(TimeSpan wait);

    CaptureStatistics Statistics();
}
