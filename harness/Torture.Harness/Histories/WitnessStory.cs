using System.Net;
using Torture.Harness.Faults;
using Torture.Harness.Witness;
using Torture.Protocol;
using Torture.Protocol.Witness;

namespace Torture.Harness.Histories;

/// <summary>One AsyncNotify of a registration.</summary>
/// <param name="Answer">Null: none came.</param>
public sealed record NotifyPoll(DateTimeOffset AskedAt, DateTimeOffset? AnsweredAt, AsyncNotifyResult? Answer)
{
    /// <summary>The event that shows the answer.</summary>
    public HistoryEvent? Event { get; init; }
}

/// <summary>The life of one registration: what was asked for, every poll, and its end.</summary>
public sealed record WitnessStory(
    RegisterExRequest Request, IPEndPoint Client, IPEndPoint Server, ContextHandle Handle, DateTimeOffset From)
{
    /// <summary>When it was ended or lost; null: it lived on.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>When its server stood still; without an end: it still does. It tells later of that time.</summary>
    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset? Until)> Frozen { get; init; } = [];

    /// <summary>In the order in which they were asked.</summary>
    public IReadOnlyList<NotifyPoll> Polls { get; init; } = [];

    public IPAddress? Address => IPAddress.TryParse(Request.IpAddress, out var address) ? address : null;

    /// <summary>Polls with a notification, in the order in which they were answered.</summary>
    public IEnumerable<NotifyPoll> Told =>
        Polls.Where(poll => poll.Answer?.Response is not null).OrderBy(poll => poll.AnsweredAt);

    public bool IsClient(string? name) =>
        string.Equals(Request.ClientComputerName, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Its server stood still at some time between the two.</summary>
    public bool WasFrozen(DateTimeOffset from, DateTimeOffset until) =>
        Frozen.Any(still => still.From <= until && (still.Until is not { } end || end >= from));

    public bool LivedAt(DateTimeOffset time) => time > From && (Until is null || time < Until);

    /// <summary>
    /// The registrations of a history: as packets show them, or, where there was no capture, as the client saw them.
    /// </summary>
    public static IReadOnlyList<WitnessStory> AllOf(History history) => history.Once(Read);

    private static IReadOnlyList<WitnessStory> Read(History history)
    {
        var events = history.Events;
        var seen = events.Any(happened => happened is RegistrationSeen or PollSeen or NotificationSeen);
        var stories = (seen ? Seen(events) : ByClients(events)).ToList();
        return [.. stories.Select(story => story with
        {
            Until = EndOf(story, events), Frozen = [.. FrozenOf(story, events)],
        })];
    }

    private static IEnumerable<WitnessStory> Seen(IReadOnlyList<HistoryEvent> events)
    {
        foreach (var made in events.OfType<RegistrationSeen>()
            .Where(made => made.Response.Status == Win32Error.ERROR_SUCCESS))
        {
            var asked = events.OfType<PollSeen>().Where(poll => Is(poll.Call, poll.Handle, made));
            yield return new WitnessStory(
                made.Request, made.Call.Client, made.Call.Server, made.Response.Context, made.At)
            {
                Polls = [.. asked.Select(poll => With(poll, events)).OrderBy(poll => poll.AskedAt)],
            };
        }

        static bool Is(CallReference call, ContextHandle handle, RegistrationSeen made) =>
            handle == made.Response.Context && call.Server.Address.Equals(made.Call.Server.Address);
    }

    private static NotifyPoll With(PollSeen asked, IReadOnlyList<HistoryEvent> events)
    {
        var answer = events.OfType<NotificationSeen>().FirstOrDefault(told => told.Call == asked.Call);
        return new NotifyPoll(asked.At, answer?.At, answer?.Result) { Event = answer ?? (HistoryEvent)asked };
    }

    private static IEnumerable<WitnessStory> ByClients(IReadOnlyList<HistoryEvent> events)
    {
        var ends = events.OfType<CallEnded>().ToList();
        foreach (var begun in events.OfType<CallStarted>())
        {
            var request = begun.Request as RegisterExRequest ?? Widen(begun.Request as RegisterRequest);
            var end = ends.FirstOrDefault(end => end.Call == begun.Call);
            if (request is not null && end?.Reply is RegisterReply { Status.IsSuccess: true } made)
            {
                yield return new WitnessStory(request, begun.Call.Client, begun.Call.Server, made.Handle, end.At)
                {
                    Polls = [.. PollsOf(made.Handle, begun.Call.Server.Address, events, ends)],
                };
            }
        }
    }

    private static IEnumerable<NotifyPoll> PollsOf(
        ContextHandle handle, IPAddress server, IReadOnlyList<HistoryEvent> events, List<CallEnded> ends)
    {
        foreach (var asked in events.OfType<CallStarted>().Where(asked =>
            asked.Request is HandleRequest request && request.Context == handle
            && asked.Call.Opnum == (ushort)WitnessOperation.WitnessrAsyncNotify
            && asked.Call.Server.Address.Equals(server)))
        {
            var end = ends.FirstOrDefault(end => end.Call == asked.Call);
            var answer = end?.Reply is NotifyReply { Status.Kind: OutcomeKind.Status } reply
                ? new AsyncNotifyResult(reply.Response, (Win32Error)reply.Status.Code)
                : null;
            yield return new NotifyPoll(asked.At, answer is null ? null : end!.At, answer)
            {
                Event = (HistoryEvent?)end ?? asked,
            };
        }
    }

    private static RegisterExRequest? Widen(RegisterRequest? request) => request is null
        ? null
        : new RegisterExRequest(
            request.Version, request.NetName, null, request.IpAddress, request.ClientComputerName,
            RegisterFlags.WITNESS_REGISTER_NONE, 0);

    /// <summary>Unregistered, its connection lost, its node or client struck by a fault: the first of them.</summary>
    private static DateTimeOffset? EndOf(WitnessStory story, IReadOnlyList<HistoryEvent> events)
    {
        var ends = events.Where(happened => happened.At > story.From && Ends(story, happened))
            .Select(happened => happened.At).ToList();
        return ends.Count == 0 ? null : ends.Min();
    }

    private static bool Ends(WitnessStory story, HistoryEvent happened) => happened switch
    {
        UnregistrationSeen ended => ended.Handle == story.Handle && ended.Status == Win32Error.ERROR_SUCCESS,
        ConnectionEndSeen ended => ended.Client.Equals(story.Client) && ended.Server.Equals(story.Server),
        ConnectionEnded ended => ended.Client.Equals(story.Client) && ended.Server.Equals(story.Server),
        NotificationSeen told => told.Handle == story.Handle && told.Result.Status == Win32Error.ERROR_NOT_FOUND,
        CallEnded ended => ended.Reply is UnRegisterReply { Status.IsSuccess: true }
            or UnRegisterExReply { Status.IsSuccess: true } && ended.Call.Client.Equals(story.Client),
        FaultInjected injected => injected.Fault switch
        {
            KillNode kill => IsAt(story, kill.Node),
            StopWitness stop => IsAt(story, stop.Node),
            ForceUnregister force => story.IsClient(force.ClientName),
            _ => false,
        },
        _ => false,
    };

    private static IEnumerable<(DateTimeOffset From, DateTimeOffset? Until)> FrozenOf(
        WitnessStory story, IReadOnlyList<HistoryEvent> events) =>
        from pause in events.OfType<FaultInjected>()
        where pause.Fault is PauseNode { Node: var node } && IsAt(story, node)
        select (pause.At, events.OfType<FaultHealed>().FirstOrDefault(
            healed => healed.Fault == pause.Fault && healed.At > pause.At)?.At);

    private static bool IsAt(WitnessStory story, Clusters.Node node) =>
        story.Server.Address.Equals(node.Address) || story.Server.Address.Equals(node.Address6);
}
