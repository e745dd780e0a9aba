using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>Looks at the cluster, by the hook observe or by asking every node for its interface list.</summary>
internal sealed class Observer(HookCluster cluster, HookRunner runner)
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly InterfaceListObserver _lists = new(cluster);
    private ClusterObservation? _last;

    /// <summary>Known after the first look.</summary>
    public bool TellsRegistrations { get; private set; }

    /// <summary>The nodes say themselves what an administrator's event they have carried out.</summary>
    public bool TellsEvents { get; private set; }

    /// <summary>One look at a time; who asks while one is under way gets the next one.</summary>
    /// <exception cref="HookException">The hook failed, or printed something else than documented.</exception>
    public async Task<ClusterObservation> ObserveAsync(CancellationToken cancellationToken)
    {
        var asked = cluster.Time.GetUtcNow();
        await _one.WaitAsync(cancellationToken);
        try
        {
            return _last is { } last && last.At > asked
                ? last
                : _last = await LookAsync(cluster.Time.GetUtcNow(), cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<ClusterObservation> LookAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (cluster.File.Observe.Step is not { } step)
        {
            return await _lists.ObserveAsync(at, cancellationToken);
        }

        var printed = (await runner.RunAsync(step, cancellationToken)).Text;
        try
        {
            var seen = ObservationJson.Read(printed, cluster.Nodes, cluster.PublicAddresses, at);
            TellsRegistrations |= ObservationJson.Tells(printed, "registrations");
            TellsEvents |= ObservationJson.Tells(printed, "events");
            return seen;
        }
        catch (FormatException garbage)
        {
            throw new HookException($"{step.Where}: {garbage.Message}", garbage);
        }
    }
}
