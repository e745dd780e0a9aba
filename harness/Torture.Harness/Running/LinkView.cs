using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;

namespace Torture.Harness.Running;

/// <summary>
/// What the packets of a case show of link addresses, told once each. Loopback has none: nothing is told there.
/// </summary>
/// <param name="announcement">The target's limit.</param>
internal sealed class LinkView(TimeSpan announcement)
{
    private readonly HashSet<int> _connections = [];
    private int _announcements;
    private int _voices;
    private int _questions;
    private int _segments;

    /// <summary>What is new since the last time.</summary>
    public IEnumerable<HistoryEvent> New(WitnessTrace trace)
    {
        if (trace.Last is not { } last || (trace.Voices.IsEmpty && trace.Announcements.IsEmpty))
        {
            return [];
        }

        var told = Announced(trace).Concat(Heard(trace)).Concat(Asked(trace)).Concat(Connected(trace))
            .Concat(Segments(trace)).ToList();
        return told.Append(new LinkRead(At(last)) { Frame = last.Frame, Announcement = announcement });
    }

    private IEnumerable<HistoryEvent> Announced(WitnessTrace trace)
    {
        for (; _announcements < trace.Announcements.Length; _announcements++)
        {
            var one = trace.Announcements[_announcements];
            yield return new AddressHeard(At(one.At), new PublicAddress(one.Address), one.Owner.ToString(), one.Kind)
            {
                Frame = one.At.Frame,
                Sender = one.Sender?.ToString(),
                IsOverride = one.IsOverride,
            };
        }
    }

    private IEnumerable<HistoryEvent> Heard(WitnessTrace trace)
    {
        for (; _voices < trace.Voices.Length; _voices++)
        {
            var one = trace.Voices[_voices];
            var sender = one.Sender.ToString();
            yield return new AddressHeard(At(one.At), new PublicAddress(one.Address), sender, Form: null)
            {
                Frame = one.At.Frame,
                Sender = sender,
            };
        }
    }

    private IEnumerable<HistoryEvent> Asked(WitnessTrace trace)
    {
        for (; _questions < trace.Questions.Length; _questions++)
        {
            var one = trace.Questions[_questions];
            yield return new NeighbourAsked(At(one.At), new PublicAddress(one.Address)) { Frame = one.At.Frame };
        }
    }

    private IEnumerable<HistoryEvent> Connected(WitnessTrace trace)
    {
        foreach (var one in trace.Connections)
        {
            var made = one.SynAck ?? (one.Syn is null ? one.FirstSeen : null);
            if (made is { } at && _connections.Add(one.Number))
            {
                yield return new ConnectionSeen(At(at), one.Client, one.Server) { Frame = at.Frame };
            }
        }
    }

    private IEnumerable<HistoryEvent> Segments(WitnessTrace trace)
    {
        for (; _segments < trace.TcpEvents.Length; _segments++)
        {
            var one = trace.TcpEvents[_segments];
            yield return new SegmentSeen(
                At(one.At), one.Kind, one.Source, one.Destination, one.Sender?.ToString()) { Frame = one.At.Frame };
        }
    }

    private static DateTimeOffset At(FrameStamp stamp) => WireView.At(stamp);
}
