using Torture.Captures;
using Torture.Harness.Clusters;

namespace Torture.Harness.Running;

/// <summary>A cluster that is up, shared by the cases of a run.</summary>
internal sealed class RunSession(string runId, ICluster cluster)
{
    private long _markers;

    public string RunId { get; } = runId;

    public ICluster Cluster { get; } = cluster;

    /// <summary>Puts a marker on the wire; null without a capture.</summary>
    public async Task<(Marker Marker, FrameStamp Stamp)?> MarkAsync(
        string phase, string text, CancellationToken cancellationToken)
    {
        if (Cluster.Capture is not { } capture)
        {
            return null;
        }

        var monotonic = (long)(Cluster.Time.GetElapsedTime(0).TotalMilliseconds * 1e6);
        var marker = new Marker(RunId, Interlocked.Increment(ref _markers), monotonic, phase, text);
        return (marker, await capture.MarkAsync(marker, cancellationToken));
    }
}
