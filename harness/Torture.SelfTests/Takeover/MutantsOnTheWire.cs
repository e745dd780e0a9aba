using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Harness.Running;
using Torture.ReferenceServer.Control;

namespace Torture.SelfTests.Takeover;

/// <summary>Each defect of a takeover shows on the wire, and nothing shows without one.</summary>
public sealed class MutantsOnTheWire
{
    private const int Smb = 445;

    /// <summary>A connection that was there for so long is tickled.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    [OneTimeSetUp]
    public void Require()
    {
        if (NamespaceNetwork.WhyNot() is { } reason)
        {
            Assert.Ignore(reason);
        }
    }

    [TestCase(null)]
    [TestCase("NobodyTickled")]
    [TestCase("TickleNotZero")]
    [TestCase("NeighboursNotTold")]
    [TestCase("AnnouncedOnce")]
    [TestCase("ClientsToldLate")]
    [TestCase("IPv6NotAdded")]
    [CancelAfter(180_000)]
    public async Task ATakeoverLooksRightOrWrong(string? mutant)
    {
        await using var cluster = await NamespaceCluster.UpAsync(mutant, mutant);
        var address = cluster.Configuration.PublicAddresses[0];
        var address6 = cluster.Configuration.PublicAddresses[2];
        var client = cluster.Connect(address, Smb);
        await cluster.UntilAsync(() => IsKnownAsync(cluster, 1), "n2 has heard of the client");
        var young = cluster.Connect(address, Smb);
        await Poll.UntilAsync(
            async () => await IsKnownAsync(cluster, 2) ? "" : null, Age, TimeProvider.System, CancellationToken.None);
        var since = cluster.Capture.Read(trace => trace.Last!.Value.Frame);
        cluster.PowerOff("n1");
        await cluster.UntilAsync(
            async () => await cluster.OwnerOfAsync(address) == "n2" && await cluster.OwnerOfAsync(address6) == "n2",
            "n2 has taken everything");
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
    }

    [TestCase(null, 1)]
    [TestCase("AddressStays", 2)]
    [CancelAfter(180_000)]
    public async Task AnAddressHasOneOwnerOrTwo(string? mutant, int owners)
    {
        await using var cluster = await NamespaceCluster.UpAsync(mutant, null);
        var address = cluster.Configuration.PublicAddresses[0];
        await cluster.AskAsync("n2", new ControlRequest(ControlVerb.MoveAddress) { Address = address, Node = "n2" });
        await cluster.UntilAsync(async () => await cluster.OwnerOfAsync(address) == "n2", "moved");

        (await ArpAnswers.AskAsync(cluster, address)).Should().HaveCount(owners);
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
