using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Running;
using Torture.Harness.Witness;
using Torture.Protocol.Witness;

namespace Torture.Harness.Faults;

/// <summary>By which packets after its marker each fault is seen.</summary>
internal static class WireProof
{
    /// <summary>A partition is silence where there was talk; this long.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a living node may take to answer a probe.</summary>
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a living kernel may take to tell its link address.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(200);

    /// <summary>A question to ask until its answer says what was seen; null: not yet.</summary>
    public static Func<Task<string?>> Of(CaseRun run, Fault fault, ClusterObservation before, long marker) =>
        fault switch
        {
            KillNode kill => () => DeadAsync(run, kill.Node, marker),
            PauseNode pause => () => SilentAsync(run, pause.Node, marker),
            StopNode stop => () => HostsNothingAsync(run, stop.Node),
            DisableNode disable => () => HostsNothingAsync(run, disable.Node),
            BanNode ban => () => HostsNothingAsync(run, ban.Node),
            StopWitness stop => () => NotRegisteredAsync(run, stop.Node),
            MoveAddress move => () => ListAsync(
                run, node => node.Name == move.To.Name, list => list.Any(entry => Is(entry, move.Address)
                    && (IsGroup(entry, move.To) || IsOwn(entry)) && entry.State == InterfaceState.AVAILABLE),
                $"{move.Address} with {move.To}"),
            ChangeResource change => () => ChangedAsync(run, change),
            LinkFault link => () => LinkProof.LookAsync(run, link, marker),
            Partition cut => () => CutAsync(run, cut, marker),
            MoveShare or TellShareMove or MoveClient or ChangeAddress or ForceResponse or ForceUnregister =>
                () => HappenedAsync(run, fault, before, marker),
            StallRecoveryLock => () => StalledAsync(run, fault, before, marker),
            LoseRecoveryLock => () => InTrafficAsync(run, fault, before, marker),
            _ => () => Task.FromResult<string?>(null),
        };

    /// <summary>The nodes' own packets show it, or a registration that it concerns hears it.</summary>
    private static async Task<string?> HappenedAsync(
        CaseRun run, Fault fault, ClusterObservation before, long marker)
    {
        if (await InTrafficAsync(run, fault, before, marker) is { } seen)
        {
            return seen;
        }

        await run.ReadWireAsync();
        return run.Capture!.After(marker) is [var mark, ..] ? Hears.After(mark.Stamp.Frame, fault, run.History) : null;
    }

    private static async Task<string?> InTrafficAsync(
        CaseRun run, Fault fault, ClusterObservation before, long marker) =>
        run.Cluster.Traffic?.Shows(fault, before, await AfterAsync(run, marker));

    /// <summary>The holder takes bytes and answers none; and, where that can be read, nobody leads.</summary>
    private static async Task<string?> StalledAsync(
        CaseRun run, Fault fault, ClusterObservation before, long marker)
    {
        if (before.Leader is not { } holder || await SilentAsync(run, holder, marker) is not { } silent)
        {
            return null;
        }

        return run.Cluster.Traffic is null ? silent
            : await InTrafficAsync(run, fault, before, marker) is { } seen ? $"{silent}; {seen}"
            : null;
    }

    /// <summary>A connection attempt after the marker is refused; or nobody answers, or has the address.</summary>
    private static async Task<string?> DeadAsync(CaseRun run, Node node, long marker)
    {
        var (bound, local) = await Probe.TryAsync(run, node, ProbeLimit);
        if (bound)
        {
            return null;
        }

        var after = await AfterAsync(run, marker);
        var refused = after.LastOrDefault(seen => seen.IsReset && seen.Source.Address.Equals(node.Address));
        if (refused != default)
        {
            return $"frame {refused.Packet.Number}: {node} refuses connections";
        }

        var asked = after.LastOrDefault(seen => seen is { IsSyn: true, IsAcknowledge: false }
            && seen.Destination.Address.Equals(node.Address) && (local is null || seen.Source.Equals(local)));
        return asked != default && !after.Any(seen => seen.Source.Equals(asked.Destination)
            && seen.Packet.Number > asked.Packet.Number)
            ? $"frame {asked.Packet.Number}: nobody answers for {node}"
            : Unresolved(run.Capture!.Packets, after, node);
    }

    /// <summary>Who has its address is asked, and a living one would have answered since.</summary>
    private static string? Unresolved(
        IReadOnlyList<CapturedPacket> packets, IReadOnlyList<PacketView> after, Node node)
    {
        if (after is not [var mark, ..])
        {
            return null;
        }

        var news = new List<ArpView>();
        foreach (var packet in packets.Where(packet => packet.Number > mark.Packet.Number))
        {
            if (ArpView.TryRead(packet, out var arp))
            {
                news.Add(arp);
            }
        }

        var asked = news.LastOrDefault(arp => arp.IsRequest && arp.Target.Equals(node.Address));
        var until = after[^1].Packet.TimeNanoseconds - (long)AnswerLimit.TotalNanoseconds;
        return asked != default && asked.Packet.TimeNanoseconds <= until
            && !news.Any(arp => arp.Sender.Equals(node.Address) && arp.Packet.Number > asked.Packet.Number)
            && !after.Any(seen => seen.Source.Address.Equals(node.Address) && seen.Packet.Number > asked.Packet.Number)
                ? $"frame {asked.Packet.Number}: nobody has {node.Address} of {node} any more"
                : null;
    }

    /// <summary>The kernel takes a probe after the marker, and nobody answers it.</summary>
    private static async Task<string?> SilentAsync(CaseRun run, Node node, long marker)
    {
        var (bound, local) = await Probe.TryAsync(run, node, ProbeLimit);
        if (bound || local is null)
        {
            return null;
        }

        var probe = (await AfterAsync(run, marker)).Where(
            seen => seen.Source.Equals(local) || seen.Destination.Equals(local)).ToList();
        var asked = probe.FirstOrDefault(seen => seen.Source.Equals(local) && seen.PayloadLength > 0);
        var taken = probe.Any(seen => seen.Destination.Equals(local) && seen is { IsReset: false, PayloadLength: 0 });
        var answered = probe.Any(seen => seen.Destination.Equals(local) && seen.PayloadLength > 0);
        return asked != default && taken && !answered
            ? $"frame {asked.Packet.Number}: {node} takes bytes and answers none"
            : null;
    }

    /// <summary>
    /// Another node lists nothing as the node's; where groups are not nodes, each address is another node's own.
    /// </summary>
    private static async Task<string?> HostsNothingAsync(CaseRun run, Node node)
    {
        var hasGroups = false;
        var first = await ListAsync(
            run, other => other.Name != node.Name, list =>
            {
                hasGroups = list.Any(entry => run.Cluster.Nodes.Any(one => IsGroup(entry, one)));
                return list.Count > 0
                    && list.All(entry => !IsGroup(entry, node) || entry.State != InterfaceState.AVAILABLE);
            },
            $"no available address with {node}");
        return first is null || hasGroups ? first : await ServedByOthersAsync(run, node);
    }

    private static async Task<string?> ServedByOthersAsync(CaseRun run, Node node)
    {
        var left = run.Cluster.PublicAddresses.ToHashSet();
        string? last = null;
        foreach (var other in run.Cluster.Nodes.Where(one => one.Name != node.Name))
        {
            last = await ListAsync(
                run, asked => asked.Name == other.Name, list =>
                {
                    left.RemoveWhere(address => list.Any(entry => Is(entry, address) && IsOwn(entry)));
                    return true;
                },
                "the last of the addresses as its own") ?? last;
        }

        return left.Count == 0 ? last : null;
    }

    private static async Task<string?> NotRegisteredAsync(CaseRun run, Node node)
    {
        var bound = await run.TryConnectAsync(node.Address, null);
        if (bound.Connection is { } witness)
        {
            await witness.DisposeAsync();
            return null;
        }

        return $"{node} offers no witness: {bound.Detail}";
    }

    /// <summary>
    /// The list shows the state; or it waits, since nothing is available any more ([MS-SWN] 3.1.4.1).
    /// </summary>
    private static Task<string?> ChangedAsync(CaseRun run, ChangeResource change) =>
        ListAsync(
            run, _ => true,
            list => list.Any(entry => Is(entry, change.Address) && entry.State == change.State),
            $"{change.Address} as {change.State}", mayWait: change.State == InterfaceState.UNAVAILABLE);

    /// <summary>What the interface list of a node, as the packets have it, says.</summary>
    private static async Task<string?> ListAsync(
        CaseRun run, Func<Node, bool> from, Func<IReadOnlyList<WitnessInterface>, bool> holds, string what,
        bool mayWait = false)
    {
        var options = ConnectOptions.Default with { CallDeadline = run.Limits.Silence };
        var observed = await run.Cluster.ObserveAsync(run.Deadline);
        var asked = observed.Nodes.FirstOrDefault(
            seen => seen is { Reachable: true, Witness: true } && from(seen.Node))?.Node;
        if (asked is null || (await run.TryConnectAsync(asked.Address, options)).Connection is not { } witness)
        {
            return null;
        }

        await using (witness)
        {
            var reply = await witness.GetInterfaceListAsync();
            await run.FlushAsync(run.Limits.Effect);
            await run.ReadWireAsync();
            if (run.Wire?.Find(reply) is not { Reply: InterfaceListReply seen, Frame: var frame })
            {
                return null;
            }

            return holds(seen.Interfaces) ? $"frame {frame}: {asked} lists {what}"
                : mayWait && seen.Status == Outcome.NoAnswer ? $"frame {frame}: {asked} lists nothing for now"
                : null;
        }
    }

    /// <summary>No payload passes in the cut direction, and has not for a while.</summary>
    private static async Task<string?> CutAsync(CaseRun run, Partition cut, long marker)
    {
        if (cut.From.Private is not { } from || cut.To.Private is not { } to)
        {
            return "the nodes' own addresses are not known to the capture";
        }

        var now = await run.FlushAsync(run.Limits.Effect);
        if (run.Capture!.After(marker) is not [var first, ..] after)
        {
            return null;
        }

        var passed = after.LastOrDefault(seen => seen.PayloadLength > 0 && (
            (cut.Direction != Direction.ToFrom && seen.Source.Address.Equals(from)
                && seen.Destination.Address.Equals(to))
            || (cut.Direction != Direction.FromTo && seen.Source.Address.Equals(to)
                && seen.Destination.Address.Equals(from))));
        var since = passed == default ? first.Stamp : passed.Stamp;
        return now - since >= Silence ? $"nothing passes after frame {since.Frame}" : null;
    }

    private static async Task<IReadOnlyList<PacketView>> AfterAsync(CaseRun run, long marker)
    {
        await run.FlushAsync(run.Limits.Effect);
        return run.Capture!.After(marker);
    }

    private static bool Is(WitnessInterface entry, PublicAddress address) =>
        entry.IPv4.Equals(address.Address) || entry.IPv6.Equals(address.Address);

    /// <summary>Of the node that was asked: no other's witness is needed for it ([MS-SWN] 3.1.4.1).</summary>
    private static bool IsOwn(WitnessInterface entry) =>
        entry.State == InterfaceState.AVAILABLE && !entry.Flags.HasFlag(InterfaceFlags.INTERFACE_WITNESS);

    private static bool IsGroup(WitnessInterface entry, Node node) =>
        entry.GroupName.Equals(node.Name, StringComparison.OrdinalIgnoreCase);
}
