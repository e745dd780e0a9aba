using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Reference;

/// <summary>Faults as the nodes' control ports take them.</summary>
internal static class ControlRequests
{
    private const double LongBan = 3600;

    /// <summary>What one node is told; null for other faults.</summary>
    public static (Node Node, ControlRequest Request)? ToNode(Fault fault) => fault switch
    {
        StopNode stop => (stop.Node, new(ControlVerb.Stop)),
        DisableNode disable => (disable.Node, new(ControlVerb.Disable)),
        BanNode ban => (ban.Node, new(ControlVerb.Ban) { Seconds = LongBan }),
        StopWitness stop => (stop.Node, new(ControlVerb.StopWitness)),
        FailEnumeration fail => (fail.Node, new(ControlVerb.FailEnumeration) { On = true }),
        _ => null,
    };

    /// <summary>What any node is told, for it to pass on; null for other faults.</summary>
    public static ControlRequest? ToCluster(Fault fault) => fault switch
    {
        MoveAddress move => new(ControlVerb.MoveAddress) { Address = move.Address.Address, Node = move.To.Name },
        MoveShare move => new(ControlVerb.MoveShare) { Share = move.Share.Name, Node = move.To.Name },
        TellShareMove move => new(ControlVerb.MoveShare)
        {
            Client = move.ClientName, Share = move.Share.Name, Node = move.To.Name,
        },
        MoveClient move => new(ControlVerb.MoveClient) { Client = move.ClientName, Destination = move.Destination },
        ChangeResource change => new(ControlVerb.ChangeResource)
        {
            Address = change.Address.Address, State = change.State.ToString(),
        },
        ChangeAddress change => new(ControlVerb.ChangeAddress)
        {
            Client = change.ClientName, Destination = change.Resource, On = change.Online,
        },
        ForceResponse force => new(ControlVerb.ForceResponse)
        {
            Client = force.ClientName, Response = Stub(force.Response),
        },
        ForceUnregister force => new(ControlVerb.ForceUnregister) { Client = force.ClientName },
        _ => null,
    };

    private static string Stub(AsyncNotifyResponse response) => Convert.ToBase64String(
        WitnessCodec.Encode(new AsyncNotifyResult(response, Win32Error.ERROR_SUCCESS), NdrSyntax.Ndr20));
}
