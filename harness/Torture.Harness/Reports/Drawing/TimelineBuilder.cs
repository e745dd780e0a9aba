using Torture.Harness.Results;

namespace Torture.Harness.Reports.Drawing;

/// <summary>Makes the drawing's model of one failover.</summary>
internal static class TimelineBuilder
{
    public static TimelineView Build(
        string caseId, FailoverResult failover, IReadOnlyList<string> nodes, TimelineFacts facts)
    {
        var (from, to) = Window(failover);
        var owners = facts.Owners.GroupBy(change => change.Address)
            .Select(changes => OwnerLane(changes.Key, [.. changes], from, to));
        var clients = facts.Clients.Select(seen => seen.Lane).Distinct();

        return new TimelineView
        {
            Title = $"{failover.Fault} in {caseId}",
            From = from,
            To = to,
            Nodes = nodes,
            FaultEnds = failover.Healed is { } healed ? Min(healed - failover.At, to) : null,
            Lanes =
            [
                .. owners,
                .. nodes.Select(node => NodeLane(node, failover, from, to, Marks(facts.Nodes, node))),
                .. clients.Select(name =>
                    new TimelineLane(name, false, [.. Outage(failover, name)], Marks(facts.Clients, name))),
            ],
            Milestones =
            [
                .. failover.Milestones.Select(milestone =>
                    new TimelineMilestone(milestone.Name, milestone.Event, milestone.After, milestone.Text)),
            ],
        };
    }

    /// <summary>In the lane of the client that was served again: the time without service.</summary>
    private static IEnumerable<TimelineBar> Outage(FailoverResult failover, string client)
    {
        var served = failover.Milestones.FirstOrDefault(milestone => milestone.Name == "T7");
        var address = client.Split(" at ") is [_, var at] ? at : null;
        if (failover.Outage is { } outage && served is { After: { } end, Text: { } text }
            && address is not null && text.Contains(address, StringComparison.Ordinal))
        {
            yield return new TimelineBar(end - outage, end, null, $"outage {Axis.Figure(outage)}");
        }
    }

    /// <summary>From a little before the fault until service came back, and recovery where it is near.</summary>
    private static (TimeSpan From, TimeSpan To) Window(FailoverResult failover)
    {
        var seen = failover.Milestones.Select(milestone => milestone.After).OfType<TimeSpan>().ToList();
        var last = seen.Append(TimeSpan.FromMilliseconds(50)).Max();
        var first = seen.Append(TimeSpan.Zero).Min();
        var healed = failover.Healed - failover.At;
        var recovered = failover.Recovered - failover.At;
        var end = new[] { healed, recovered }.OfType<TimeSpan>().Where(time => time <= last * 3).Append(last).Max();
        var pad = (end - first) * 0.08;

        return (first - pad, end + pad);
    }

    private static TimelineLane OwnerLane(
        string address, IReadOnlyList<OwnerChange> changes, TimeSpan from, TimeSpan to)
    {
        var bars = new List<TimelineBar>();

        foreach (var (index, change) in changes.Index())
        {
            var end = index + 1 < changes.Count ? changes[index + 1].At : to;

            if (end > from && change.At < to)
            {
                bars.Add(new TimelineBar(Max(change.At, from), Min(end, to), change.Node, change.Node ?? "nobody"));
            }
        }

        return new TimelineLane(address, false, bars, []);
    }

    private static TimelineLane NodeLane(
        string node, FailoverResult failover, TimeSpan from, TimeSpan to, IReadOnlyList<TimelineMark> marks)
    {
        if (node != failover.Node)
        {
            return new TimelineLane(node, false, [new TimelineBar(from, to, node, "")], marks);
        }

        var up = (failover.Recovered ?? failover.Healed ?? TimeSpan.MaxValue) - failover.At;
        var back = Min(Max(up, TimeSpan.Zero), to);

        return new TimelineLane(
            node, true, [new TimelineBar(from, TimeSpan.Zero, node, ""), new TimelineBar(back, to, node, "")], marks);
    }

    private static IReadOnlyList<TimelineMark> Marks(IReadOnlyList<LaneEvent> events, string lane) =>
    [
        .. from seen in events
           where seen.Lane == lane
           select new TimelineMark(seen.At, seen.Kind, seen.Text),
    ];

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
