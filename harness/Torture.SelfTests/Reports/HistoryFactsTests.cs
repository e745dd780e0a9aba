using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Reports;
using Torture.Harness.Reports.Drawing;
using Torture.Harness.Results;

namespace Torture.SelfTests.Reports;

using Node = Torture.Harness.Clusters.Node;

public sealed class HistoryFactsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 3, 15, 0, TimeSpan.Zero);
    private static readonly Node First = new("n1", IPAddress.Parse("127.9.1.11"));
    private static readonly Node Second = new("n2", IPAddress.Parse("127.9.1.12"));
    private static readonly PublicAddress Address = new(IPAddress.Parse("127.9.1.101"));

    [Test]
    public void TimesAreSinceTheFault()
    {
        var facts = HistoryFacts.AllOf(History(faultAt: 2)).Single();

        facts.Owners.Should().Equal(
            new OwnerChange(TimeSpan.FromSeconds(-2), "127.9.1.101", "n1"),
            new OwnerChange(TimeSpan.FromSeconds(1), "127.9.1.101", null),
            new OwnerChange(TimeSpan.FromSeconds(1.5), "127.9.1.101", "n2"));
        facts.Clients.Should().Equal(
            new LaneEvent(TimeSpan.FromSeconds(2), "client at 127.9.1.101", TimelineMarkKind.Served, "operation 7"));
        facts.Nodes.Should().Equal(
            new LaneEvent(TimeSpan.FromSeconds(0.5), "n1", TimelineMarkKind.State, "Disconnected"));
    }

    [Test]
    public void EachRoundHasItsOwnHistory()
    {
        var folder = Directory.CreateTempSubdirectory("torture-report-").FullName;
        try
        {
            Write(Path.Combine(folder, "cases", "failover.Kill"), History(faultAt: 2));
            Write(Path.Combine(folder, "cases", "failover.Kill", "2"), History(faultAt: 1));
            var facts = new HistoryFacts(folder);

            facts.Of(Failover(0)).Owners[0].At.Should().Be(TimeSpan.FromSeconds(-2));
            facts.Of(Failover(1)).Owners[0].At.Should().Be(TimeSpan.FromSeconds(-1));
            facts.Of(Failover(2)).Should().BeSameAs(TimelineFacts.None);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void CaseWithoutHistoryHasNoFacts() =>
        new HistoryFacts("/nowhere").Of(Failover(0)).Should().BeSameAs(TimelineFacts.None);

    private static void Write(string place, IEnumerable<HistoryEvent> history)
    {
        Directory.CreateDirectory(place);
        HistoryFile.Write(Path.Combine(place, "history.jsonl"), history);
    }

    private static FailoverView Failover(int index)
    {
        var failover = new FailoverResult { Kind = "KillNode", Fault = "kill n1" };

        return new FailoverView(
            new CaseResult { Id = "failover.Kill", Verdict = Verdict.Passed, Failovers = [failover] }, failover, index);
    }

    private static HistoryEvent[] History(double faultAt)
    {
        return
        [
            new AddressTaken(Start, Address, First),
            new FaultInjected(At(0), new KillNode(First), 7),
            new NodeStateChanged(At(0.5), First, NodeState.Disconnected),
            new AddressReleased(At(1), Address, First),
            new AddressTaken(At(1.5), Address, Second),
            new OperationEnded(At(2), 7, Address, OperationEnd.Ok),
        ];

        DateTimeOffset At(double afterFault) => Start + TimeSpan.FromSeconds(faultAt + afterFault);
    }
}
