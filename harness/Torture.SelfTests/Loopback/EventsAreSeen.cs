using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Running;
using Torture.Protocol.Witness;
using Torture.Targets.Loopback;

namespace Torture.SelfTests.Loopback;

/// <summary>
/// An event that leaves no state behind is seen by the nodes' own packets, or, where nobody can read those, by what a
/// registration of the nemesis' own hears: in both cases while the client that it concerns does not poll.
/// </summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class EventsAreSeen
{
    private TemporaryFolder _folder = null!;
    private ICluster _cluster = null!;

    private static IEnumerable<TestCaseData> Events
    {
        get
        {
            yield return Named("MoveClient", (cluster, client) => new MoveClient(client, cluster.Nodes[1]));
            yield return Named("ChangeAddress", (cluster, client) => new ChangeAddress(
                client, cluster.PublicAddresses[0].Address, online: false));
            yield return Named("ChangeAddressOfAll", (cluster, _) => new ChangeAddress(
                null, cluster.PublicAddresses[0].Address, online: false));
            yield return Named("ForceResponse", (_, client) => new ForceResponse(
                client, WitnessBlobs.ResourceChange(new ResourceChange(ChangeType.RESOURCE_STATE_AVAILABLE, "x"))));
            yield return Named("ForceUnregister", (_, client) => new ForceUnregister(client));
            yield return Named("MoveShare", (cluster, _) => new MoveShare(
                cluster.Shares.First(share => share.Kind == ShareKind.Failover), cluster.Nodes[2]));

            static TestCaseData Named(string name, Func<ICluster, string, Fault> make) =>
                new TestCaseData(make).SetArgDisplayNames(name);
        }
    }

    [OneTimeSetUp]
    public async Task UpAsync()
    {
        _folder = new TemporaryFolder();
        _cluster = await new LoopbackTarget().UpAsync(_folder.Options, CancellationToken.None);
        if (_cluster.Capabilities.WhyNot(Capability.Capture) is { } reason)
        {
            Assert.Ignore(reason);
        }
    }

    [OneTimeTearDown]
    public async Task DownAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    [TestCaseSource(nameof(Events))]
    public async Task ByThePacketsOfTheNodes(Func<ICluster, string, Fault> make)
    {
        var (fault, seen) = await InjectAsync(_cluster, make);

        seen.Observed.Should().MatchRegex(
            fault is MoveShare ? "n3 owns failover"
            : fault is ForceUnregister ? "1 registrations of .* became 0, carried out by n1, n2, n3"
            : "carried out by n1, n2, n3");
        seen.Seen.Should().MatchRegex(
            fault is MoveShare ? @"frame \d+: n\d tells n\d that n3 owns failover"
            : @"frames \d+, \d+: n\d passes \S+ on, n\d does it");
    }

    [TestCaseSource(nameof(Events))]
    public async Task ByTheWitnessOfTheNemesis(Func<ICluster, string, Fault> make)
    {
        var (_, seen) = await InjectAsync(new SilentTraffic(_cluster), make);

        seen.Seen.Should().MatchRegex(@"frame \d+: client-\d+ is told of it");
    }

    /// <summary>A registered client that does not poll, and what showed the event.</summary>
    private static async Task<(Fault Fault, FaultTookEffect Seen)> InjectAsync(
        ICluster cluster, Func<ICluster, string, Fault> make)
    {
        // The session is not disposed: the cluster is not its own.
        var session = new RunSession("selftest", cluster);
        await using var run = new CaseRun(
            "event", session, cluster.Time, TimeSpan.FromMinutes(1), seed: 1, breaks: true);
        run.Enter();
        try
        {
            var fault = make(cluster, run.Client.Name);
            await using var registration = await run.RegisterAsync(new RegisterWish(
                null, null, null, null, null, RegisterFlags.WITNESS_REGISTER_NONE, WitnessVersion.V2, run.Client,
                null, null));
            await using (await run.Nemesis.InjectAsync(fault))
            {
                return (fault, run.History.Of<FaultTookEffect>().Single());
            }
        }
        finally
        {
            session.Router.Dispose();
        }
    }
}
