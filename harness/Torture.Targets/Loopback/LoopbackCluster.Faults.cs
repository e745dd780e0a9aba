using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Loopback;

internal sealed partial class LoopbackCluster
{
    /// <summary>Who led when the lock was taken from it, or when it was frozen, to undo it.</summary>
    private Node? _holder;

    public IClusterTraffic? Traffic => Nodes.Count > 1 ? new LinkTraffic(Configuration) : null;

    public Task ApplyAsync(Fault fault, CancellationToken cancellationToken) => fault switch
    {
        KillNode kill => KillAsync(kill.Node, cancellationToken),
        PauseNode pause => KeepAsync(KeepVerb.Stop, pause.Node, cancellationToken),
        Partition cut => CutAsync(cut, ControlVerb.Partition, cancellationToken),
        StallRecoveryLock => StallAsync(cancellationToken),
        LoseRecoveryLock => LoseLockAsync(cancellationToken),
        _ when ControlRequests.ToNode(fault) is (var node, var request) => TellAsync(node, request, cancellationToken),
        _ when ControlRequests.ToCluster(fault) is { } request => TellClusterAsync(request, cancellationToken),
        _ => throw new NotSupportedByTargetException(
            fault.Needs, Capabilities.WhyNot(fault.Needs) ?? "not on loopback"),
    };

    public Task HealAsync(Fault fault, CancellationToken cancellationToken) => fault switch
    {
        KillNode kill => SpawnAsync(kill.Node.Name, cancellationToken),
        PauseNode pause => KeepAsync(KeepVerb.Continue, pause.Node, cancellationToken),
        StopNode stop => TellAsync(stop.Node, new(ControlVerb.Continue), cancellationToken),
        DisableNode disable => TellAsync(disable.Node, new(ControlVerb.Enable), cancellationToken),
        BanNode ban => TellAsync(ban.Node, new(ControlVerb.Unban), cancellationToken),
        StopWitness stop => TellAsync(stop.Node, new(ControlVerb.StartWitness), cancellationToken),
        MoveAddress move => TellClusterAsync(
            new(ControlVerb.MoveAddress) { Address = move.Address.Address }, cancellationToken),
        MoveShare move => TellClusterAsync(new(ControlVerb.MoveShare) { Share = move.Share.Name }, cancellationToken),
        ChangeResource change => TellClusterAsync(
            ControlRequests.ToCluster(change with { State = InterfaceState.AVAILABLE })!, cancellationToken),
        Partition cut => CutAsync(cut, ControlVerb.Heal, cancellationToken),
        StallRecoveryLock => KeepAsync(KeepVerb.Continue, _holder!, cancellationToken),
        LoseRecoveryLock => TellAsync(_holder!, new(ControlVerb.LoseLock) { On = false }, cancellationToken),
        _ => Task.CompletedTask,
    };

    private async Task KillAsync(Node node, CancellationToken cancellationToken)
    {
        var gone = _gone[node.Name].Task;
        await KeepAsync(KeepVerb.Kill, node, cancellationToken);
        await gone.WaitAsync(cancellationToken);
    }

    private async Task KeepAsync(string verb, Node node, CancellationToken cancellationToken)
    {
        var answer = await _supervisor!.AskAsync(new KeepRequest(verb) { Node = node.Name }, cancellationToken);
        if (verb == KeepVerb.Kill)
        {
            // From then on nobody answers there, whenever the news of its end comes.
            _watch!.ReleaseAll(node.Name, answer.Sequence!.Value);
        }
    }

    private Task TellAsync(Node node, ControlRequest request, CancellationToken cancellationToken) =>
        NodePort.AskAsync(Configuration, node.Name, request, cancellationToken);

    /// <summary>Any node passes on what concerns the cluster.</summary>
    private async Task TellClusterAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        var states = await StatesAsync(cancellationToken);
        var node = Nodes.FirstOrDefault(node =>
                Translate.Process(states.GetValueOrDefault(node.Name)) == ProcessState.Running)
            ?? throw new InconclusiveException($"no node runs that could be told to {request.Verb}");
        await TellAsync(node, request, cancellationToken);
    }

    private async Task CutAsync(Partition cut, string verb, CancellationToken cancellationToken)
    {
        if (cut.Direction != Direction.ToFrom)
        {
            await TellAsync(cut.From, new(verb) { Node = cut.To.Name }, cancellationToken);
        }

        if (cut.Direction != Direction.FromTo)
        {
            await TellAsync(cut.To, new(verb) { Node = cut.From.Name }, cancellationToken);
        }
    }

    /// <summary>Its process keeps the file lock, and does nothing with it.</summary>
    private async Task StallAsync(CancellationToken cancellationToken)
    {
        _holder = await LeaderAsync(cancellationToken);
        await KeepAsync(KeepVerb.Stop, _holder, cancellationToken);
    }

    private async Task LoseLockAsync(CancellationToken cancellationToken)
    {
        _holder = await LeaderAsync(cancellationToken);
        await TellAsync(_holder, new(ControlVerb.LoseLock), cancellationToken);
    }

    private async Task<Node> LeaderAsync(CancellationToken cancellationToken) =>
        (await ObserveAsync(cancellationToken)).Leader
        ?? throw new InconclusiveException("nobody leads, so nobody holds the lock");
}
