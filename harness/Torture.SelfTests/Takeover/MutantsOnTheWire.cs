using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.ReferenceServer.Control;
using Torture.Requirements;

namespace Torture.SelfTests.Takeover;

using Node = Torture.Harness.Clusters.Node;

/// <summary>Each defect of a takeover shows on the wire, and nothing shows without one.</summary>
public sealed class MutantsOnTheWire
{
    private const int Smb = 445;
    private static readonly Node First = new("n1", NamespaceNetwork.Address(11));
    private static readonly Node Second = new("n2", NamespaceNetwork.Address(12));

    /// <summary>A connection that was there for a second is tickled; a wait may end a little early.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1.2);

    [OneTimeSetUp]
    public void Require()
    {
        if (NamespaceNetwork.WhyNot() is { } reason)
        {
            Assert.Ignore(reason);
        }
    }

    /// <param name="broken">What the checkers that watch every case find.</param>
    [TestCase(null, null)]
    [TestCase("NobodyTickled", Ctdb.ClientsTickled)]
    [TestCase("TickleNotZero", Ctdb.ClientsTickled)]
    [TestCase("NeighboursNotTold", Ctdb.NeighboursTold)]
    [TestCase("AnnouncedOnce", Ctdb.AnnouncedThreeTimes)]
    [TestCase("ClientsToldLate", Ctdb.ClientsTickled)]
    [TestCase("IPv6NotAdded", Ctdb.OwnerServesAddress)]
    [CancelAfter(180_000)]
    public async Task ATakeoverLooksRightOrWrong(string? mutant, string? broken)
    {
        await using var cluster = await NamespaceCluster.UpAsync(mutant, mutant);
        var address = cluster.Configuration.PublicAddresses[0];
        var address6 = cluster.Configuration.PublicAddresses[2];
        var client = cluster.Connect(address, Smb);
        await cluster.UntilAsync(() => IsKnownAsync(cluster, 1), "n2 has heard of the client");
        var young = cluster.Connect(address, Smb);
        await Task.Delay(Age, TimeProvider.System);
        var since = cluster.Capture.Read(trace => trace.Last!.Value.Frame);
        var lost = TimeProvider.System.GetUtcNow();
        cluster.PowerOff("n1");
        await cluster.UntilAsync(
            async () => await cluster.OwnerOfAsync(address) == "n2" && await cluster.OwnerOfAsync(address6) == "n2",
            "n2 has taken everything");
        var taken = TimeProvider.System.GetUtcNow();
        await TimeForRoundsAsync();

        var owner = cluster.Network.MacOf("n2");
        var expected = new ExpectedTakeover(address, owner, since, [client.End, young.End], []);
        var expected6 = new ExpectedTakeover(address6, owner, since, [], []);
        var seen = cluster.Capture.Snapshot();
        string[] findings =
        [
            .. expected.Findings(seen), .. expected6.Findings(seen),
            .. Reachable(cluster, address6) ? (string[])[] : [$"{address6} is not there"],
        ];

        TestContext.Out.WriteLine(string.Join('\n', findings));
        findings.Any().Should().Be(mutant is not null, string.Join('\n', findings));
        await JudgedAsync(
            cluster, address,
            [
                .. Moved(lost, address, taken), .. Moved(lost, address6, taken),
                new FaultInjected(lost, new KillNode(First), null),
            ],
            broken);
    }

    [TestCase(null, 1, null)]
    [TestCase("AddressStays", 2, Ctdb.OneOwnerPerAddress)]
    [CancelAfter(180_000)]
    public async Task AnAddressHasOneOwnerOrTwo(string? mutant, int owners, string? broken)
    {
        await using var cluster = await NamespaceCluster.UpAsync(mutant, null);
        var address = cluster.Configuration.PublicAddresses[0];
        var begun = TimeProvider.System.GetUtcNow();
        await cluster.AskAsync("n2", new ControlRequest(ControlVerb.MoveAddress) { Address = address, Node = "n2" });
        await cluster.UntilAsync(async () => await cluster.OwnerOfAsync(address) == "n2", "moved");
        var taken = TimeProvider.System.GetUtcNow();

        (await ArpAnswers.AskAsync(cluster, address)).Should().HaveCount(owners);
        await JudgedAsync(cluster, address, Moved(begun, address, taken), broken);
    }

    private static HistoryEvent[] Moved(DateTimeOffset begun, IPAddress address, DateTimeOffset taken) =>
    [
        new AddressTaken(begun, new PublicAddress(address), First, 1),
        new AddressReleased(taken, new PublicAddress(address), First, 2),
        new AddressTaken(taken, new PublicAddress(address), Second, 3),
    ];

    /// <summary>As the checkers that watch every case see it, once all packets are there.</summary>
    private static async Task JudgedAsync(
        NamespaceCluster cluster, IPAddress address, HistoryEvent[] happened, string? broken)
    {
        var last = cluster.Connect(address, Smb).Local;
        await cluster.SeenAsync(
            trace => trace.Connections.Any(connection => connection.Client.Equals(last)), "the last connection");
        var history = cluster.Tell(happened);
        var findings = AlwaysOn.Checkers.SelectMany(checker => checker.Check(history)).ToArray();
        foreach (var finding in findings)
        {
            TestContext.Out.WriteLine(
                $"{finding.Requirement} {finding.Outcome} {finding.Subject}: {finding.Actual} ({finding.Expected})");
        }

        var wrong = findings.Where(finding => finding.Outcome == CheckOutcome.Broken)
            .Select(finding => finding.Requirement).ToArray();
        wrong.Any().Should().Be(broken is not null);
        wrong.Contains(broken).Should().Be(broken is not null, $"{broken} is broken");
        findings.Should().Contain(finding => finding.Outcome == CheckOutcome.Held);
    }

    /// <summary>A defect may be that nothing comes: the time in which it had to is what is waited for.</summary>
    private static Task TimeForRoundsAsync() => Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);

    private static async Task<bool> IsKnownAsync(NamespaceCluster cluster, int count) =>
        (await cluster.ObserveAsync("n2"))?.Counters["knownConnections"] == count;

    private static bool Reachable(NamespaceCluster cluster, IPAddress address)
    {
        try
        {
            cluster.Connect(address, Smb);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
