using Torture.Harness.Clusters;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Reference;

internal sealed partial class ReferenceCluster
{
    /// <summary>A node that runs answers its control port within this, whatever else it does.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    public async Task<ClusterObservation> ObserveAsync(CancellationToken cancellationToken)
    {
        var states = await _host.StatesAsync(cancellationToken);
        var seen = await Task.WhenAll(Nodes.Select(node =>
            ObserveAsync(node, states.GetValueOrDefault(node.Name), cancellationToken)));
        return new ClusterObservation(Time.GetUtcNow(), [.. seen.Select(node => node.Observation)])
        {
            ShareOwners = Agreed(seen.Where(node => node.Observation.Leader is not null).Select(node => node.Shares)),
        };
    }

    /// <summary>A share has the owner that all who follow a leader say: each learns of it by itself.</summary>
    private static Dictionary<string, string> Agreed(IEnumerable<IReadOnlyList<ShareOwner>> told) =>
        told.SelectMany(shares => shares).GroupBy(share => share.Share, share => share.Owner)
            .Where(owners => owners.Distinct().ToList() is [not null])
            .ToDictionary(owners => owners.Key, owners => owners.First()!);

    private async Task<(NodeObservation Observation, IReadOnlyList<ShareOwner> Shares)> ObserveAsync(
        Node node, ProcessState process, CancellationToken cancellationToken)
    {
        if (process is ProcessState.Suspended or ProcessState.Gone)
        {
            return (Translate.Silent(node, process), []);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            var response = await NodePort.AskAsync(
                Configuration, node.Name, new ControlRequest(ControlVerb.Observe), limit.Token);
            return (Translate.Status(node, response.Status!, process), response.Status!.Shares);
        }
        catch (Exception silent) when (silent is IOException
            || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (Translate.Silent(node, process), []);
        }
    }
}
