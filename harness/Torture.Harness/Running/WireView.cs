using System.Net;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Harness.Witness;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Harness.Running;

/// <summary>What the packets of a case show, read on as they come.</summary>
internal sealed class WireView
{
    private readonly TraceBuilder _trace;
    private readonly HashSet<(int Call, bool IsAnswer)> _told = [];
    private readonly HashSet<int> _ended = [];
    private readonly HashSet<int> _served = [];
    private readonly LinkView _link;
    private Dictionary<(IPEndPoint, IPEndPoint, uint), List<ObservedCall>> _calls = [];
    private int _packets;

    /// <param name="announcement">The target's limit; the usual one, where there is no target.</param>
    public WireView(KeyRing keys, TimeSpan? announcement = null)
    {
        _trace = new TraceBuilder(new TraceOptions { Keys = keys });
        _link = new LinkView(announcement ?? new Limits().Announcement);
    }

    /// <summary>As of the last reading.</summary>
    public WitnessTrace Trace { get; private set; } = new();

    /// <summary>Reads the packets that are new and tells the history what they show.</summary>
    public void Read(IReadOnlyList<CapturedPacket> packets, History history)
    {
        for (; _packets < packets.Count; _packets++)
        {
            _trace.Add(packets[_packets]);
        }

        _trace.OpenSealed();
        Trace = _trace.Snapshot();
        _calls = Trace.Calls.GroupBy(call => (call.Flow.Client, call.Flow.Server, call.CallId))
            .ToDictionary(group => group.Key, group => group.ToList());
        foreach (var happened in New().Concat(_link.New(Trace)).OrderBy(happened => happened.At))
        {
            history.Add(happened);
        }
    }

    /// <summary>The reply of the same call as the packets have it; null where no packet shows it.</summary>
    public WireReply? Find(Reply reply)
    {
        var call = reply.Call;
        var seen = _calls.GetValueOrDefault((call.Client, call.Server, call.CallId))
            ?.LastOrDefault(one => one.Opnum == call.Opnum);
        if (seen is null)
        {
            return null;
        }

        if (seen.ResponseAt is null)
        {
            return reply.Status.Kind is OutcomeKind.NoAnswer or OutcomeKind.ConnectionClosed
                ? new WireReply(reply, seen.RequestAt.Frame)
                : null;
        }

        return Read(reply, seen) is { } read
            ? new WireReply(read with { TimeOnWire = seen.TimeOnWire }, seen.ResponseAt.Value.Frame)
            : null;
    }

    /// <summary>Null where the answer cannot be opened.</summary>
    private static Reply? Read(Reply reply, ObservedCall seen)
    {
        if (seen.Fault is null && seen.Unreadable is not null && seen.ResponseStub.IsEmpty)
        {
            return null;
        }

        var raw = seen.Fault is { } fault
            ? new RawReply(reply.Call, fault, default, seen.DidNotExecute)
            : new RawReply(reply.Call, Outcome.Success, seen.ResponseStub);
        return reply is RawReply ? raw : ReplyReader.Any(raw, seen.Syntax);
    }

    private IEnumerable<HistoryEvent> New()
    {
        foreach (var call in Trace.Calls.Where(call => call.IsWitness))
        {
            if (call.Request is HandleRequest { Context: var handle }
                && call.Opnum == (ushort)WitnessOperation.WitnessrAsyncNotify && _told.Add((call.Index, false)))
            {
                yield return new PollSeen(At(call.RequestAt), Reference(call), handle)
                {
                    Frame = call.RequestAt.Frame,
                };
            }

            if (call.ResponseAt is { } at && Answered(call, at) is { } answered && _told.Add((call.Index, true)))
            {
                yield return answered;
            }
        }

        foreach (var operation in Operations())
        {
            yield return operation;
        }

        foreach (var connection in Trace.Connections)
        {
            if (connection.Ended is { } ended && _ended.Add(connection.Number))
            {
                yield return new ConnectionEndSeen(At(ended), connection.Client, connection.Server)
                {
                    Frame = ended.Frame,
                };
            }
        }
    }

    private IEnumerable<OperationSeen> Operations()
    {
        var servers = ServerIdentity.Of(Trace);
        foreach (var operation in Trace.Smb.Where(command => command.IsServedOperation))
        {
            if (operation is { RequestAt: { } asked, ResponseAt: { } at } && _served.Add(operation.Index))
            {
                yield return new OperationSeen(
                    At(at), At(asked), new PublicAddress(operation.Flow.Server.Address),
                    servers.GetValueOrDefault(operation.Flow.Connection)) { Frame = at.Frame };
            }
        }
    }

    private static HistoryEvent? Answered(ObservedCall call, FrameStamp at) => (call.Request, call.Response) switch
    {
        (HandleRequest asked, AsyncNotifyResult told) =>
            new NotificationSeen(At(at), Reference(call), asked.Context, told, At(call.RequestAt)) { Frame = at.Frame },
        (RegisterRequest asked, HandleResponse made) =>
            new RegistrationSeen(At(at), Reference(call), Widen(asked), made) { Frame = at.Frame },
        (RegisterExRequest asked, HandleResponse made) =>
            new RegistrationSeen(At(at), Reference(call), asked, made) { Frame = at.Frame },
        (HandleRequest asked, StatusResponse ended) =>
            new UnregistrationSeen(At(at), Reference(call), asked.Context, ended.Status) { Frame = at.Frame },
        (HandleRequest asked, HandleResponse ended) =>
            new UnregistrationSeen(At(at), Reference(call), asked.Context, ended.Status) { Frame = at.Frame },
        _ when IsUntoldNotification(call, out var why) => new UnreadableSeen(At(at), why) { Frame = at.Frame },
        _ => null,
    };

    /// <summary>A poll was answered and the answer cannot be read. Bad requests are the case's own doing.</summary>
    private static bool IsUntoldNotification(ObservedCall call, out string why)
    {
        why = call.Unreadable ?? "";
        return call is { Fault: null, Response: null, Opnum: (ushort)WitnessOperation.WitnessrAsyncNotify }
            && why.Length > 0 && !why.StartsWith("request", StringComparison.Ordinal);
    }

    private static RegisterExRequest Widen(RegisterRequest request) => new(
        request.Version, request.NetName, null, request.IpAddress, request.ClientComputerName,
        RegisterFlags.WITNESS_REGISTER_NONE, 0);

    private static CallReference Reference(ObservedCall call) =>
        new(call.Flow.Client, call.Flow.Server, call.CallId, call.Interface ?? SyntaxId.Witness, call.Opnum);

    internal static DateTimeOffset At(FrameStamp stamp) =>
        DateTimeOffset.UnixEpoch.AddTicks(stamp.TimeNanoseconds / 100);
}

/// <param name="Frame">Of the answer; of the request where no answer came.</param>
internal sealed record WireReply(Reply Reply, long Frame);
