using System.Net;
using Torture.Harness.Clusters;

namespace Torture.Harness.Running;

/// <summary>The cluster as one case sees it: what the case does with it is the case's own.</summary>
internal sealed class CaseCluster(CaseRun run, ICluster cluster) : PassingCluster(cluster)
{
    public CaseRun Run { get; } = run;

    /// <exception cref="ArgumentException">Not the cluster of a case.</exception>
    public static CaseRun CaseOf(ICluster cluster) =>
        cluster is CaseCluster own ? own.Run : throw new ArgumentException("give the Cluster of the case");

    public override async ValueTask<Connection> ConnectAsync(
        IPAddress from, IPEndPoint to, CancellationToken cancellationToken)
    {
        var connection = await base.ConnectAsync(from, to, cancellationToken);
        Run.Opened(connection);
        return connection;
    }

    public override CaseClient ClaimClient(string caseId) => Run.ClaimClient();

    /// <summary>The cluster outlives its cases.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
