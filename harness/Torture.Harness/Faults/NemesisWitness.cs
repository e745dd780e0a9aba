using Torture.Harness.Clusters;
using Torture.Harness.Running;
using Torture.Harness.Witness;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Harness.Faults;

/// <summary>
/// A registration of the nemesis' own that an event concerns too, for clusters whose own packets nobody can read: it
/// polls, so that the wire shows the event also while the case does not. It comes from an address of its own, and is
/// gone once the event was seen.
/// </summary>
internal sealed class NemesisWitness : IAsyncDisposable
{
    private readonly WitnessConnection _connection;
    private readonly Task _hearing;

    private NemesisWitness(WitnessConnection connection, ContextHandle handle)
    {
        _connection = connection;
        _hearing = HearAsync(handle);
    }

    /// <returns>Null where it is not needed: the packets between the nodes tell, or nobody captures any.</returns>
    public static async Task<NemesisWitness?> StandAsync(CaseRun run, Fault fault)
    {
        if (run.Capture is null || run.Cluster.Traffic is not null || WishOf(fault, run) is not { } wish)
        {
            return null;
        }

        var seen = await run.Cluster.ObserveAsync(run.Deadline);
        var node = seen.Nodes.FirstOrDefault(node => node is { Reachable: true, Witness: true })?.Node
            ?? throw new InconclusiveException($"no node has a witness that could hear: {fault}");
        var connection = await run.ConnectAsync(
            node.Address, ConnectOptions.Default with { Client = run.Nemesis.Client });
        var reply = await connection.RegisterExAsync(wish);
        if (reply.Status.IsSuccess)
        {
            return new NemesisWitness(connection, reply.Handle);
        }

        await connection.DisposeAsync();
        throw new InconclusiveException($"the nemesis cannot register to hear \"{fault}\": {reply.Status}");
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _hearing;
    }

    private static RegisterExRequest? WishOf(Fault fault, CaseRun run) => fault switch
    {
        MoveClient move => Wish(run, move.ClientName),
        ForceResponse force => Wish(run, force.ClientName),
        ForceUnregister force => Wish(run, force.ClientName),
        ChangeAddress change => Wish(run, change.ClientName) with
        {
            Flags = RegisterFlags.WITNESS_REGISTER_IP_NOTIFICATION,
        },
        TellShareMove move => Wish(run, move.ClientName) with { ShareName = move.Share.Name },
        MoveShare move => Wish(run, null) with { ShareName = move.Share.Name },
        _ => null,
    };

    private static RegisterExRequest Wish(CaseRun run, string? clientName) => new(
        WitnessVersion.V2, run.Cluster.NetName, null, run.Cluster.PublicAddresses[0].ToString(),
        clientName ?? run.Nemesis.Client.Name, RegisterFlags.WITNESS_REGISTER_NONE, 120);

    /// <summary>Other news may come before what it waits for.</summary>
    private async Task HearAsync(ContextHandle handle)
    {
        while ((await _connection.AsyncNotifyAsync(handle)).Status.IsSuccess)
        {
        }
    }
}
