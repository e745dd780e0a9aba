using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Running;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Reference;

internal sealed partial class ReferenceCluster
{
    /// <summary>Who led when the lock was taken from it, or when it was frozen, the last one first.</summary>
    private readonly Stack<Node> _holders = new();

    public IClusterTraffic? Traffic => Nodes.Count == 1 ? null
        : Configuration.Engine.Kind == EngineKind.Ctdb ? new CtdbTraffic(Configuration)
        : new LinkTraffic(Configuration);

    public Task ApplyAsync(Fault fault, CancellationToken cancellationToken) =>
        _host.ApplyAsync(fault, cancellationToken) ?? DoAsync(fault, cancellationToken);

    public Task HealAsync(Fault fault, CancellationToken cancellationToken) => fault is KillNode kill
        ? SpawnAsync(kill.Node, cancellationToken)
        : _host.HealAsync(fault, cancellationToken) ?? UndoAsync(fault, cancellationToken);

    private Task DoAsync(Fault fault, CancellationToken cancellationToken) => fault switch
    {
        Partition cut => CutAsync(cut, ControlVerb.Partition, cancellationToken),
        StallRecoveryLock => StallAsync(cancellationToken),
        LoseRecoveryLock => LoseLockAsync(cancellationToken),
        _ when ControlRequests.ToNode(fault) is (var node, var request) => TellAsync(node, request, cancellationToken),
        _ when ControlRequests.ToCluster(fault) is { } request => TellClusterAsync(request, cancellationToken),
        _ => throw new NotSupportedByTargetException(
            fault.Needs, Capabilities.WhyNot(fault.Needs) ?? $"not on {Target}"),
    };

    private Task UndoAsync(Fault fault, CancellationToken cancellationToken) => fault switch
    {
        StopNode stop => TellAsync(stop.Node, new(ControlVerb.Continue), cancellationToken),
        DisableNode disable => TellAsync(disable.Node, new(ControlVerb.Enable), cancellationToken),
        BanNode ban => TellAsync(ban.Node, new(ControlVerb.Unban), cancellationToken),
        StopWitness stop => TellAsync(stop.Node, new(ControlVerb.StartWitness), cancellationToken),
        FailEnumeration fail => TellAsync(
            fail.Node, new(ControlVerb.FailEnumeration) { On = false }, cancellationToken),
        MoveAddress move => TellClusterAsync(
            new(ControlVerb.MoveAddress) { Address = move.Address.Address }, cancellationToken),
        MoveShare move => TellClusterAsync(new(ControlVerb.MoveShare) { Share = move.Share.Name }, cancellationToken),
        ChangeResource change => TellClusterAsync(
            ControlRequests.ToCluster(change with { State = InterfaceState.AVAILABLE })!, cancellationToken),
        Partition cut => CutAsync(cut, ControlVerb.Heal, cancellationToken),
        StallRecoveryLock => HealAsync(new PauseNode(_holders.Pop()), cancellationToken),
        LoseRecoveryLock => TellAsync(
            _holders.Pop(), new(ControlVerb.LoseLock) { On = false }, cancellationToken),
        _ => Task.CompletedTask,
    };

    private Task TellAsync(Node node, ControlRequest request, CancellationToken cancellationToken) =>
        AskAsync(node, request, cancellationToken);

    /// <summary>
    /// Any node that hears the leader passes on what concerns the cluster; there may not be one at the moment.
    /// </summary>
    private async Task TellClusterAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        NotNowException? last = null;
        _ = await Poll.UntilAsync(AskAnyAsync, Limits.Fault, Time, cancellationToken) ?? throw last!;

        async Task<ControlResponse?> AskAnyAsync()
        {
            var states = await _host.StatesAsync(cancellationToken);
            var running = Nodes.Where(node => states.GetValueOrDefault(node.Name) == ProcessState.Running).ToList();
            foreach (var node in running)
            {
                try
                {
                    return await AskAsync(node, request, cancellationToken);
                }
                catch (NotNowException later)
                {
                    last = later;
                }
            }

            return running.Count > 0
                ? null
                : throw new InconclusiveException($"no node runs that could be told to {request.Verb}");
        }
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
        var holder = await LeaderAsync(cancellationToken);
        _holders.Push(holder);
        await ApplyAsync(new PauseNode(holder), cancellationToken);
    }

    private async Task LoseLockAsync(CancellationToken cancellationToken)
    {
        var holder = await LeaderAsync(cancellationToken);
        _holders.Push(holder);
        await TellAsync(holder, new(ControlVerb.LoseLock), cancellationToken);
    }

    private async Task<Node> LeaderAsync(CancellationToken cancellationToken) =>
        (await ObserveAsync(cancellationToken)).Leader
        ?? throw new InconclusiveException("nobody leads, so nobody holds the lock");
}
