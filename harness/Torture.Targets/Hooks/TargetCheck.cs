using System.Globalization;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Targets.Hooks;

/// <summary>How a line of a check or of a doctor's visit is meant.</summary>
internal enum Grade
{
    Ok,

    /// <summary>Not there, and nothing that must be.</summary>
    None,

    /// <summary>It works, and not everything is proven or as it should be.</summary>
    Doubtful,

    Failed,
}

/// <summary>One line for people.</summary>
/// <param name="About">What was looked at.</param>
/// <param name="Said">What was found, and for what is not well, what to do.</param>
internal sealed record CheckLine(Grade Grade, string About, string Said);

/// <summary>
/// Tries a target file: every hook once, with the proofs of a run. What does nothing, lies, hangs or fails is told.
/// </summary>
internal sealed class TargetCheck(Action<CheckLine> tell)
{
    private readonly List<CheckLine> _said = [];

    /// <returns>The worst that was found.</returns>
    /// <exception cref="TargetUnusableException">The cluster cannot be had at all.</exception>
    public async Task<Grade> RunAsync(TargetOptions options, CancellationToken cancellationToken)
    {
        HookCluster cluster;
        try
        {
            cluster = await HookTarget.UpAsync(options, HookTerminal.OfConsole(), cancellationToken);
        }
        catch (TargetFileException malformed)
        {
            foreach (var problem in malformed.Problems)
            {
                Say(Grade.Failed, "file", problem);
            }

            return Grade.Failed;
        }
        catch (HookException failed)
        {
            Say(Grade.Failed, "up", failed.Message);
            return Grade.Failed;
        }

        await using var drill = await Drill.BeginAsync(cluster, options.RunId, cancellationToken);
        var file = cluster.File;
        Say(Grade.Ok, "file", $"{file.Path}: {file.Nodes.Count} nodes, {file.PublicAddresses.Count} public addresses,"
            + $" {file.Hooks.Count} hooks, {(file.MayBreak ? "faults allowed" : "read-only")}");
        await CheckObservationAsync(cluster, cancellationToken);
        await CheckHooksAsync(cluster, drill, cancellationToken);
        return _said.Max(line => line.Grade);
    }

    private void Say(Grade grade, string about, string said)
    {
        var line = new CheckLine(grade, about, said);
        _said.Add(line);
        tell(line);
    }

    /// <summary>What the hook observe says is held against what the nodes' witnesses say.</summary>
    private async Task CheckObservationAsync(HookCluster cluster, CancellationToken cancellationToken)
    {
        var began = cluster.Time.GetTimestamp();
        var seen = await cluster.ObserveAsync(cancellationToken);
        var took = Seconds(cluster.Time.GetElapsedTime(began));
        var orphans = cluster.PublicAddresses.Where(address => seen.OwnersOf(address).Count != 1)
            .Select(address => $"{address} has {seen.OwnersOf(address).Count} owners").ToList();
        var silent = seen.Nodes.Where(node => !node.Reachable).Select(node => $"{node.Node} is not reachable").ToList();
        var problems = silent.Concat(orphans).ToList();
        Say(
            problems.Count == 0 ? Grade.Ok : Grade.Failed, "observe",
            problems.Count == 0 ? $"every node, one owner for every address, in {took}" : string.Join("; ", problems));

        var ask = new WitnessAsk(cluster, cluster.ObserverAddress);
        foreach (var node in cluster.Nodes)
        {
            await CheckListAsync(cluster, node, ask, seen, cancellationToken);
        }
    }

    private async Task CheckListAsync(
        HookCluster cluster, Node node, WitnessAsk ask, ClusterObservation seen, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(cluster.Limits.Call);
        try
        {
            var list = await ask.ListAsync(
                await ask.MapAsync(node, limit.Token), AuthenticationLevel.Integrity, limit.Token);
            var differences = cluster.PublicAddresses.Select(address => Difference(address, list, seen))
                .OfType<string>().ToList();
            Say(
                differences.Count == 0 ? Grade.Ok : Grade.Failed, $"witness {node}",
                differences.Count == 0
                    ? "its interface list agrees with the observation"
                    : string.Join("; ", differences));
        }
        catch (Exception silent) when (silent is IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var why = silent is IOException ? silent.Message : "it does not answer";
            Say(Grade.Failed, $"witness {node}", $"{why}: torture doctor {cluster.Target} tells more");
        }
    }

    private static string? Difference(
        PublicAddress address, IReadOnlyList<WitnessInterface> list, ClusterObservation seen)
    {
        var entry = list.FirstOrDefault(one => one.IPv4.Equals(address.Address) || one.IPv6.Equals(address.Address));
        var owner = seen.OwnerOf(address);
        return entry is null ? $"{address} is not in its interface list"
            : owner is not null && !entry.GroupName.Equals(owner.Name, StringComparison.OrdinalIgnoreCase)
                ? $"observe says that {owner} owns {address}, its interface list has it with '{entry.GroupName}'"
            : null;
    }

    private async Task CheckHooksAsync(HookCluster cluster, Drill drill, CancellationToken cancellationToken)
    {
        foreach (var verb in HookVerb.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (cluster.Capabilities.WhyNot(verb.Capability) is { } missing)
            {
                Say(Grade.None, verb.Name, missing);
            }
            else if (await SampleFault.OfAsync(verb, cluster, cancellationToken) is not { } make)
            {
                Say(Grade.None, verb.Name, "the cluster has nothing to try it on");
            }
            else if (!Report(verb, await drill.RunAsync(make), cluster))
            {
                return;
            }
        }
    }

    /// <returns>False: the cluster is not what it was, and nothing more can be tried.</returns>
    private bool Report(HookVerb verb, DrillResult result, HookCluster cluster)
    {
        if (result.Problem is { } problem)
        {
            Say(Grade.Failed, verb.Name, problem);
            if (cluster.IsBroken)
            {
                Say(Grade.Failed, "check", $"ended here: {result.Fault} could not be undone: torture cluster heal"
                    + $" --target {cluster.Target}");
                return false;
            }

            return true;
        }

        var times = $"acted after {Seconds(result.Acting)}, healed after {Seconds(result.Healing)}";
        Say(
            result.Wire is null ? Grade.Doubtful : Grade.Ok, verb.Name,
            $"{result.Fault}: {result.Observed}; "
            + (result.Wire ?? $"not proven on the wire: {cluster.Capabilities.WhyNot(Capability.Capture)}")
            + $"; {times}");
        return true;
    }

    private static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");
}
