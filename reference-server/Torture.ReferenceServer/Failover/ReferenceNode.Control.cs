using System.Net;
using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Ctdbd;
using Torture.ReferenceServer.Witness;

namespace Torture.ReferenceServer.Failover;

/// <summary>What the control port can do.</summary>
public partial class ReferenceNode
{
    private readonly EventJournal _events = new();

    /// <summary>Executes one request; never throws for a bad one.</summary>
    public async ValueTask<ControlResponse> ExecuteAsync(ControlRequest request)
    {
        switch (request.Verb)
        {
            case ControlVerb.Disable or ControlVerb.Enable or ControlVerb.Stop or ControlVerb.Continue
                or ControlVerb.Unhealthy or ControlVerb.Ban or ControlVerb.Unban or ControlVerb.MoveAddress
                or ControlVerb.ShutdownDaemon:
                return await Engine.AdministerAsync(request);
            case ControlVerb.StopWitness:
                await StopWitnessAsync();
                return ControlResponse.Done;
            case ControlVerb.StartWitness:
                return await StartWitnessAgainAsync();
            case ControlVerb.MoveShare when request.Client is null && IsFailoverShare(request.Share):
                return await Engine.AdministerAsync(request);
            case ControlVerb.MoveShare or ControlVerb.MoveClient or ControlVerb.ChangeResource
                or ControlVerb.ChangeAddress or ControlVerb.ForceUnregister or ControlVerb.ForceResponse:
                return await EverywhereAsync(request);
            default:
                return ExecuteHere(request);
        }
    }

    /// <summary>What concerns this node alone, without waiting.</summary>
    public ControlResponse ExecuteHere(ControlRequest request) => request.Verb switch
    {
        ControlVerb.Partition or ControlVerb.Heal or ControlVerb.LoseLock when Lock is null =>
            ControlResponse.Refused($"{request.Verb}: links and lock are ctdbd's: cut the network, or hold its lock"),
        ControlVerb.Observe => new ControlResponse(true) { Status = Observe() },
        ControlVerb.Measure => new ControlResponse(true) { Status = Measure(request.On == true) },
        ControlVerb.MoveClient => OnWitness(request, request.Client, request.Destination, MoveClient),
        ControlVerb.MoveShare => OnWitness(request, request.Share, request.Node, MoveShare),
        ControlVerb.ChangeResource => ChangeResource(request),
        ControlVerb.ChangeAddress => ChangeAddress(request),
        ControlVerb.ForceUnregister => WithWitness(request, witness => witness.ForceUnregister(FilterOf(request))),
        ControlVerb.ForceResponse => ForceResponse(request),
        ControlVerb.Partition => Cut(request, close: true),
        ControlVerb.Heal => Cut(request, close: false),
        ControlVerb.KillDaemon => OnDaemon(request, daemon => daemon.Kill()),
        ControlVerb.StartDaemon => OnDaemon(request, daemon => daemon.Start()),
        ControlVerb.LoseLock => Done(() => Lock!.IsLost = request.On ?? true),
        ControlVerb.FailEnumeration => Done(() => View.FailEnumeration = request.On ?? true),
        ControlVerb.Shutdown => Done(Environment.Shutdown),
        _ => ControlResponse.Refused($"unknown verb \"{request.Verb}\""),
    };

    private ControlResponse OnDaemon(ControlRequest request, Action<ICtdbDaemon> act)
    {
        if (Environment.Daemon is not { } daemon)
        {
            return ControlResponse.Refused($"{request.Verb}: this node has not started a ctdbd");
        }

        try
        {
            act(daemon);
            return ControlResponse.Done;
        }
        catch (ConfigurationException refused)
        {
            return ControlResponse.Refused(refused.Message);
        }
    }

    private bool IsFailoverShare(string? name) =>
        Cluster.Shares.Any(share => share.Name == name && share.Kind == ShareEntryKind.Failover);

    private async ValueTask<ControlResponse> StartWitnessAgainAsync()
    {
        try
        {
            await StartWitnessAsync();
            return ControlResponse.Done;
        }
        catch (ConfigurationException refused)
        {
            return ControlResponse.Refused(refused.Message);
        }
    }

    /// <summary>A registration lives on the node that took it: every node has to hear of an event.</summary>
    private async ValueTask<ControlResponse> EverywhereAsync(ControlRequest request)
    {
        var here = ExecuteHere(request);
        if (!here.Ok || request.Local == true)
        {
            return here;
        }

        var peers = await Engine.AskPeersAsync(request);
        return here with { Count = here.Count + peers.Sum(peer => peer.Count ?? 0) };
    }

    private ControlResponse OnWitness(
        ControlRequest request, string? subject, string? destination,
        Func<WitnessService, ControlRequest, int> act) =>
        subject is null || destination is null
            ? ControlResponse.Refused($"{request.Verb} needs whom or what, and where to")
            : WithWitness(request, witness => act(witness, request));

    private static int MoveClient(WitnessService witness, ControlRequest request) =>
        witness.MoveClient(request.Client!, request.Destination!).Registrations;

    private static int MoveShare(WitnessService witness, ControlRequest request) =>
        witness.MoveShare(request.Client, request.Share!, request.Node!).Registrations;

    private ControlResponse ChangeResource(ControlRequest request)
    {
        if (request.Address is not { } address || !Cluster.PublicAddresses.Contains(address)
            || !Enum.TryParse<InterfaceState>(request.State, out var state) || !Enum.IsDefined(state))
        {
            return ControlResponse.Refused("change-resource needs a public address and a state");
        }

        var group = View.Interfaces.First(entry => entry.Has(address)).GroupName;
        return WithWitness(
            request, witness => witness.OnInterfaceChanged(group, [address], state).Registrations);
    }

    private ControlResponse ChangeAddress(ControlRequest request) =>
        (request.Destination ?? request.Address?.ToString()) is { } resource
            ? WithWitness(
                request, witness => witness.ChangeAddress(request.Client, resource, request.On).Registrations)
            : ControlResponse.Refused("change-address needs an address or a group");

    private ControlResponse ForceResponse(ControlRequest request)
    {
        try
        {
            var stub = Convert.FromBase64String(request.Response ?? "");
            var answer = WitnessCodec.DecodeAsyncNotifyResult(stub, NdrSyntax.Ndr20);
            return WithWitness(request, witness => witness.ForceResponse(FilterOf(request), answer));
        }
        catch (Exception refused) when (refused is FormatException or NdrException)
        {
            return ControlResponse.Refused($"force-response: {refused.Message}");
        }
    }

    private ControlResponse Cut(ControlRequest request, bool close)
    {
        var peers = Cluster.Nodes.Where(node => node != Self && (request.Node is null || node.Name == request.Node))
            .ToArray();
        if (peers.Length == 0 || (close && request.Node is null))
        {
            return ControlResponse.Refused($"{request.Verb} needs another node's name");
        }

        foreach (var peer in peers)
        {
            if (close)
            {
                Gate.Close(peer.Private);
            }
            else
            {
                Gate.Open(peer.Private);
            }
        }

        return ControlResponse.Done;
    }

    private ControlResponse WithWitness(ControlRequest request, Func<WitnessService, int> act)
    {
        if (Witness is not { } witness)
        {
            return new(true) { Count = 0 };
        }

        var count = act(witness);
        _events.Add(request);
        return new(true) { Count = count };
    }

    private static ControlResponse Done(Action act)
    {
        act();
        return ControlResponse.Done;
    }

    private static RegistrationFilter FilterOf(ControlRequest request) =>
        new(request.Key, request.Client, null, request.Share, request.Address);

    private NodeStatus Observe()
    {
        var seen = Engine.Snapshot;
        return new NodeStatus(Self.Name, Environment.ProcessId, seen.State)
        {
            Leader = seen.Leader,
            Term = seen.Term,
            Generation = seen.Table.Generation,
            Reallocating = seen.IsReallocating,
            Permitted = seen.Permitted,
            Witness = Witness is not null,
            Held = seen.Held,
            Addresses = seen.Table.Addresses,
            Shares = seen.Table.Shares,
            Members = seen.Members,
            Registrations = [.. Witness?.ListRegistrations().Select(Told) ?? []],
            Cut = [.. Cluster.Nodes.Where(node => Gate.IsCut(node.Private)).Select(node => node.Name)],
            Events = _events.Last,
            Counters = Counters(),
        };
    }

    private NodeStatus Measure(bool collected)
    {
        if (collected)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        return new NodeStatus(Self.Name, Environment.ProcessId, Engine.Snapshot.State) { Counters = Counters() };
    }

    private Dictionary<string, long> Counters() => new()
    {
        ["mapperConnections"] = _mapper?.ConnectionCount ?? 0,
        ["witnessConnections"] = _witnessServer?.ConnectionCount ?? 0,
        ["associationGroups"] = _witnessServer?.AssociationGroupCount ?? 0,
        ["registrations"] = Witness?.CountRegistrations() ?? 0,
        ["knownConnections"] = (_engine as FailoverEngine)?.Connections.Count ?? 0,
        ["managedHeap"] = GC.GetTotalMemory(forceFullCollection: false),
    };

    private static RegistrationStatus Told(RegistrationState state) => new(
        state.Key, state.Version, state.Client, state.NetName, state.Address, state.IPNotification,
        state.PendingCalls, state.QueuedNotifications, state.Local, state.Remote, state.Share, state.User);
}
