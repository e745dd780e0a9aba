using System.Collections.Immutable;
using Torture.Harness.Clusters;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Reference;

/// <summary>From the reference server's words to the harness's.</summary>
internal static class Translate
{
    public static NodeState State(MemberState state) => state switch
    {
        MemberState.Ok => NodeState.Ok,
        MemberState.Disconnected => NodeState.Disconnected,
        MemberState.Disabled => NodeState.Disabled,
        MemberState.Unhealthy => NodeState.Unhealthy,
        MemberState.Stopped => NodeState.Stopped,
        MemberState.Banned => NodeState.Banned,
        _ => NodeState.Unknown,
    };

    public static NodeObservation Status(Node node, NodeStatus status, ProcessState process) =>
        new(node, Reachable: true, State(status.State), process, status.Generation, status.Leader, status.Witness)
        {
            Reallocating = status.Reallocating,
            Owned = [.. status.Held.Select(held => new PublicAddress(held.Address))],
            Links = [.. status.Members.Where(member => member.LinkUp && member.Node != node.Name)
                .Select(member => member.Node).Order(StringComparer.Ordinal)],
            Registrations = [.. status.Registrations.Select(Registration)],
            Events = [.. status.Events.Select(Event).OfType<ObservedEvent>()],
        };

    public static NodeObservation Silent(Node node, ProcessState process) =>
        new(node, Reachable: false, NodeState.Unknown, process, Witness: false);

    private static ObservedEvent? Event(CarriedOut done)
    {
        Capability? kind = done.Verb switch
        {
            ControlVerb.MoveClient => Capability.MoveClient,
            ControlVerb.MoveShare => Capability.MoveShare,
            ControlVerb.ChangeResource => Capability.ChangeResource,
            ControlVerb.ChangeAddress => Capability.ChangeAddress,
            ControlVerb.ForceUnregister => Capability.ForceUnregister,
            ControlVerb.ForceResponse => Capability.ForceResponse,
            _ => null,
        };
        return kind is { } known ? new ObservedEvent(done.Number, known, done.Subject) : null;
    }

    private static ObservedRegistration Registration(RegistrationStatus registration) => new(
        registration.Id.ToString(), registration.Client, registration.NetName, registration.Share,
        registration.Address, registration.Pending > 0, registration.Local, registration.Remote);
}
