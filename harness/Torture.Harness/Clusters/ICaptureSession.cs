namespace Torture.Harness.Clusters;

/// <summary>The one capture of a run, on all links that matter.</summary>
public interface ICaptureSession
{
    /// <summary>
    /// Sends the datagram <c>TORTURE1</c> on each captured link and returns once all of them were captured.
    /// </summary>
    /// <param name="number">Counts the markers of the run.</param>
    /// <param name="phase">What it marks: injected, effect, heal, recovered, settle.</param>
    /// <returns>Number of the marker's frame (the last one of several links).</returns>
    Task<long> MarkAsync(int number, string phase, string text, CancellationToken cancellationToken);

    /// <summary>Packets that the capture lost: a case in which that happened cannot be settled.</summary>
    long Dropped { get; }
}
