namespace Torture.Targets.Containers.Engine;

/// <summary>Removes what runs made on an engine: containers first, then what they used.</summary>
internal static class Sweep
{
    /// <summary>Removes what no living run owns.</summary>
    public static Task<SweepReport> CrashedRunsAsync(IContainerEngine engine, CancellationToken cancellationToken)
    {
        var here = RunOwner.Here("");
        return RemoveAsync(
            engine, RunMark.RunLabel,
            labels => labels.GetValueOrDefault(RunMark.RunLabel) == engine.Mark.Labels[RunMark.RunLabel]
                ? OwnerState.Living
                : RunOwner.Parse(labels.GetValueOrDefault(RunMark.OwnerLabel))?.StateSeenFrom(here, engine.IsLocal)
                    ?? OwnerState.Elsewhere,
            cancellationToken);
    }

    /// <summary>Removes what this run made.</summary>
    public static Task<SweepReport> ThisRunAsync(IContainerEngine engine, CancellationToken cancellationToken) =>
        RemoveAsync(engine, engine.Mark.Filter, _ => OwnerState.Gone, cancellationToken);

    private static async Task<SweepReport> RemoveAsync(
        IContainerEngine engine, string label, Func<IReadOnlyDictionary<string, string>, OwnerState> stateOf,
        CancellationToken cancellationToken)
    {
        var report = new SweepReport([], []);
        async Task RemoveKindAsync(
            string kind, IEnumerable<(string Id, string Name, IReadOnlyDictionary<string, string> Labels)> found,
            Func<string, CancellationToken, Task> remove)
        {
            foreach (var (id, name, labels) in found)
            {
                switch (stateOf(labels))
                {
                    case OwnerState.Gone:
                        await remove(id, cancellationToken);
                        report.Removed.Add($"{kind} {name}");
                        break;
                    case OwnerState.Elsewhere:
                        report.Kept.Add($"{kind} {name} ({labels.GetValueOrDefault(RunMark.OwnerLabel, "no owner")})");
                        break;
                }
            }
        }

        var containers = await engine.ListContainersAsync(label, cancellationToken);
        await RemoveKindAsync(
            "container", containers.Select(c => (c.Id, c.Name, c.Labels)), engine.RemoveContainerAsync);
        var networks = await engine.ListNetworksAsync(label, cancellationToken);
        await RemoveKindAsync("network", networks.Select(n => (n.Id, n.Name, n.Labels)), engine.RemoveNetworkAsync);
        var volumes = await engine.ListVolumesAsync(label, cancellationToken);
        await RemoveKindAsync("volume", volumes.Select(v => (v.Name, v.Name, v.Labels)), engine.RemoveVolumeAsync);
        return report;
    }
}

/// <param name="Removed">Such as <c>container torture-1a2b3c4d-n1</c>.</param>
/// <param name="Kept">Marked as a run's, but whether it lives cannot be told from here.</param>
internal sealed record SweepReport(List<string> Removed, List<string> Kept);
