using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.Targets.Hooks;

/// <summary>A fault as target files and <c>torture cluster break</c> name it.</summary>
/// <param name="Name">Such as <c>move-address</c>.</param>
/// <param name="Fault">The record that it stands for.</param>
/// <param name="Capability">What its hook gives.</param>
/// <param name="IsEvent">Over as soon as it has happened: has no undo.</param>
/// <param name="Values">Placeholders that are one value.</param>
/// <param name="Nodes">Placeholders that are a node: <c>{to}</c>, <c>{to.address}</c>, <c>{to.VARIABLE}</c>.</param>
internal sealed record HookVerb(
    string Name, Type Fault, Capability Capability, bool IsEvent, IReadOnlyList<string> Values,
    IReadOnlyList<string> Nodes)
{
    /// <summary>What a node placeholder has beside the variables of the file.</summary>
    public static readonly IReadOnlyList<string> OfEachNode = ["address", "address6", "private", "index"];

    public static readonly IReadOnlyList<HookVerb> All =
    [
        OnNode<KillNode>("kill", Capability.KillNode),
        OnNode<PauseNode>("pause", Capability.PauseNode),
        OnNode<StopNode>("stop", Capability.StopNode),
        OnNode<DisableNode>("disable", Capability.DisableNode),
        OnNode<BanNode>("ban", Capability.BanNode),
        OnNode<StopWitness>("stop-witness", Capability.StopWitness),
        new("move-address", typeof(MoveAddress), Capability.MoveAddress, false, ["address"], ["from", "to"]),
        new("move-share", typeof(MoveShare), Capability.MoveShare, false, ["share"], ["from", "to"]),
        new("move-client", typeof(MoveClient), Capability.MoveClient, true,
            ["client", "destination", "destination.kind", "destination.index"], []),
        new("change-resource", typeof(ChangeResource), Capability.ChangeResource, false, ["address", "state"], []),
        new("change-address", typeof(ChangeAddress), Capability.ChangeAddress, true,
            ["client", "resource", "online"], []),
        new("force-response", typeof(ForceResponse), Capability.ForceResponse, true,
            ["client", "response", "response.stub"], []),
        new("force-unregister", typeof(ForceUnregister), Capability.ForceUnregister, true, ["client"], []),
        new("partition", typeof(Partition), Capability.Partition, false, ["direction"], ["from", "to"]),
        OnLink<SlowLink>("slow-link", Capability.SlowLink, "milliseconds", "rate"),
        OnLink<LossyLink>("lossy-link", Capability.LossyLink, "percent"),
        OnLink<DuplicatingLink>("duplicating-link", Capability.DuplicatingLink, "percent"),
        OnLink<ReorderingLink>("reordering-link", Capability.ReorderingLink, "percent", "milliseconds"),
        OnLink<FlappingLink>("flapping-link", Capability.FlappingLink, "milliseconds", "up.milliseconds"),
        new("stall-lock", typeof(StallRecoveryLock), Capability.StallRecoveryLock, false, [], ["leader"]),
        new("lose-lock", typeof(LoseRecoveryLock), Capability.LoseRecoveryLock, false, [], ["leader"]),
    ];

    public static HookVerb? Find(string name) => All.FirstOrDefault(verb => verb.Name == name);

    /// <summary>Null: no hook can do this.</summary>
    public static HookVerb? Of(Fault fault) => All.FirstOrDefault(verb => verb.Fault == fault.GetType());

    /// <summary>Every name that a text of this verb may hold, given the variables of the nodes.</summary>
    public IEnumerable<string> Placeholders(IEnumerable<string> variables) =>
        Values.Concat(Nodes.SelectMany(node =>
            OfEachNode.Concat(variables).Select(property => $"{node}.{property}").Prepend(node)));

    private static HookVerb OnLink<T>(string name, Capability capability, params string[] values) =>
        new(name, typeof(T), capability, IsEvent: false, ["link", "direction", .. values], ["node"]);

    private static HookVerb OnNode<T>(string name, Capability capability) =>
        new(name, typeof(T), capability, IsEvent: false, [], ["node"]);
}
