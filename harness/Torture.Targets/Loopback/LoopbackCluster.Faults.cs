using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Loopback;

internal sealed partial class LoopbackCluster
{
    private const double LongBan = 3600;

    /// <summary>Who leads when the lock was stalled, to let it go on again.</summary>
    private string? _stalled;

    public Task ApplyAsync(Fault fault, CancellationToken cancellationToken) => fault switch
    {
        KillNode kill => KillAsync(kill.Node, cancellationToken),
        PauseNode pause => KeepAsync(KeepVerb.Stop, pause.Node, cancellationToken),
        StopNode stop => TellAsync(stop.Node, new(ControlVerb.Stop), cancellationToken),
        DisableNode disable => TellAsync(disable.Node, new(ControlVerb.Disable), cancellationToken),
        BanNode ban => TellAsync(ban.Node, new(ControlVerb.Ban) { Seconds = LongBan }, cancellationToken),
        StopWitness stop => TellAsync(stop.Node, new(ControlVerb.StopWitness), cancellationToken),
        MoveAddress move => TellClusterAsync(
            new(ControlVerb.MoveAddress) { Address = move.Address.Address, Node = move.To.Name }, cancellationToken),
        MoveShare move => TellClusterAsync(
            new(ControlVerb.MoveShare) { Share = move.Share.Name, Node = move.To.Name }, cancellationToken),
        MoveClient move => TellClusterAsync(
            new(ControlVerb.MoveClient) { Client = move.ClientName, Destination = move.Destination },
            cancellationToken),
        ChangeResource change => TellClusterAsync(Resource(change, change.State.ToString()), cancellationToken),
        ChangeAddress change => TellClusterAsync(
            new(ControlVerb.ChangeAddress)
            {
                Client = change.ClientName, Destination = change.Resource, On = change.Online,
            },
            cancellationToken),
        ForceResponse force => TellClusterAsync(Forced(force), cancellationToken),
        ForceUnregister force => TellClusterAsync(
            new(ControlVerb.ForceUnregister) { Client = force.ClientName }, cancellationToken),
        Partition cut => CutAsync(cut, ControlVerb.Partition, cancellationToken),
        StallRecoveryLock => StallAsync(cancellationToken),
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
        ChangeResource change => TellClusterAsync(Resource(change, "AVAILABLE"), cancellationToken),
        Partition cut => CutAsync(cut, ControlVerb.Heal, cancellationToken),
        StallRecoveryLock => TellAsync(
            Find(_stalled!), new(ControlVerb.StallLock) { On = false }, cancellationToken),
        _ => Task.CompletedTask,
    };

    private static ControlRequest Resource(ChangeResource change, string state) =>
        new(ControlVerb.ChangeResource) { Address = change.Address.Address, State = state };

    private static ControlRequest Forced(ForceResponse force)
    {
        var result = new AsyncNotifyResult(force.Response, Win32Error.ERROR_SUCCESS);
        var stub = WitnessCodec.Encode(result, NdrSyntax.Ndr20);
        return new(ControlVerb.ForceResponse) { Client = force.ClientName, Response = Convert.ToBase64String(stub) };
    }

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

    private async Task StallAsync(CancellationToken cancellationToken)
    {
        var seen = await ObserveAsync(cancellationToken);
        _stalled = seen.Nodes.Select(node => node.Leader).FirstOrDefault(leader => leader is not null)
            ?? throw new InconclusiveException("nobody leads, so nobody holds the lock");
        await TellAsync(Find(_stalled), new(ControlVerb.StallLock), cancellationToken);
    }

    private Node Find(string name) => Nodes.First(node => node.Name == name);
}
