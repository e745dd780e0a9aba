using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>
/// Faults that a hook could make and that nobody would see to act, as the first look at the cluster shows: their cases
/// would all be inconclusive, so the capability is missing, with what to add to the observation.
/// </summary>
internal static class Unseen
{
    /// <summary>They leave no state: a node has to say that it did them, or packets have to show it.</summary>
    public static readonly IReadOnlyList<Capability> Events =
    [
        Capability.MoveClient, Capability.ChangeResource, Capability.ChangeAddress, Capability.ForceResponse,
        Capability.ForceUnregister,
    ];

    public static CapabilitySet Without(CapabilitySet capabilities, Observer observer, ClusterObservation first) =>
        Of(capabilities, observer, first).Where(one => capabilities.Has(one.Capability)).Aggregate(
            capabilities, (set, one) => set.Without(
                one.Capability,
                $"nobody would see it: let the hook observe tell {one.Tell} (docs/targets-and-hooks.md)"));

    private static IEnumerable<(Capability Capability, string Tell)> Of(
        CapabilitySet capabilities, Observer observer, ClusterObservation first)
    {
        if (!observer.TellsRegistrations)
        {
            yield return (Capability.ObserveRegistrations, "registrations");
            yield return (Capability.ObservePendingCalls, "registrations");
            yield return (Capability.ForceUnregister, "registrations");
        }

        if (!observer.TellsEvents && !capabilities.Has(Capability.Capture))
        {
            foreach (var capability in Events)
            {
                yield return (capability, "events, or name interfaces under capture");
            }
        }

        if (first.Nodes.All(node => node.Links.Count == 0))
        {
            yield return (Capability.Partition, "links");
        }

        if (first.Leader is null)
        {
            yield return (Capability.StallRecoveryLock, "the leader");
            yield return (Capability.LoseRecoveryLock, "the leader");
        }

        if (first.ShareOwners.Count == 0)
        {
            yield return (Capability.MoveShare, "shares");
        }
    }
}
