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
        var seen = await Task.WhenAll(Nodes.Select(async node =>
        {
            var process = states.GetValueOrDefault(node.Name);
            return (Node: node, Process: process, Status: await AskAsync(node, process, cancellationToken));
        }));
        var following = seen.Where(one => one.Status?.Leader is not null).ToList();
        var observation = new ClusterObservation(Time.GetUtcNow(), [.. seen.Select(one => one.Status is { } status
            ? Translate.Status(one.Node, status, one.Process)
            : Translate.Silent(one.Node, one.Process))]);
        return observation with
        {
            ShareOwners = Agreed(following.Select(one => one.Status!.Shares)),
            Disagreement = following.SelectMany(one => one.Status!.Addresses.Select(entry => (one.Node, Entry: entry)))
                .Where(one => observation.OwnerOf(new PublicAddress(one.Entry.Address))?.Name != one.Entry.Owner)
                .Select(one => $"{one.Node} says that {one.Entry.Address} is {one.Entry.Owner ?? "nobody"}'s")
                .FirstOrDefault(),
        };
    }

    /// <summary>A share has the owner that all who follow a leader say: each learns of it by itself.</summary>
    private static Dictionary<string, string> Agreed(IEnumerable<IReadOnlyList<ShareOwner>> told) =>
        told.SelectMany(shares => shares).GroupBy(share => share.Share, share => share.Owner)
            .Where(owners => owners.Distinct().ToList() is [not null])
            .ToDictionary(owners => owners.Key, owners => owners.First()!);

    /// <returns>Null: it does not answer.</returns>
    private async Task<NodeStatus?> AskAsync(Node node, ProcessState process, CancellationToken cancellationToken)
    {
        if (process is ProcessState.Suspended or ProcessState.Gone)
        {
            return null;
        }

        using var clock = new CancellationTokenSource(AnswerLimit, Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        try
        {
            return (await AskAsync(node, new ControlRequest(ControlVerb.Observe), limit.Token)).Status;
        }
        catch (Exception silent) when (silent is IOException
            || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <exception cref="IOException">It does not answer, or says no.</exception>
    private async Task<ControlResponse> AskAsync(
        Node node, ControlRequest request, CancellationToken cancellationToken) =>
        NodePort.Accept(await _host.AskAsync(node.Name, request, cancellationToken), node.Name, request);
}
