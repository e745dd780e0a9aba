using System.Reflection;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Protocol.Witness;
using Torture.Targets.Frauds;
using Torture.Targets.Loopback;
using InconclusiveException = Torture.Harness.Clusters.InconclusiveException;

namespace Torture.SelfTests.Loopback;

using Node = Torture.Harness.Clusters.Node;

/// <summary>A nemesis that does nothing and an observer that lies make no case pass.</summary>
[Parallelizable]
public sealed class FraudsAreFound
{
    private TemporaryFolder _folder = null!;
    private ICluster _cluster = null!;

    [OneTimeSetUp]
    public async Task UpAsync()
    {
        _folder = new TemporaryFolder();
        var options = _folder.Options with { Settings = new Dictionary<string, string> { ["lock"] = "file" } };
        _cluster = await new LoopbackInTurn().UpAsync(options, CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task DownAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public void EveryFaultIsAmongThem() =>
        Faults("client").Select(fault => fault.GetType()).Should().BeEquivalentTo(
            typeof(Fault).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Fault)) && !type.IsAbstract));

    [Test, CancelAfter(120_000)]
    public async Task NoFaultOfTheNullNemesisIsSeenToAct(CancellationToken cancellationToken)
    {
        var said = await Task.WhenAll(Faults("").Index().Select(
            one => InjectAsync(new Boaster(new NullNemesis(_cluster)), one.Index).WaitAsync(cancellationToken)));

        // What no node can tell of, such as a bad link, nobody is asked.
        var unseen = Faults("").Select(fault => fault.IsToldByNodes ? "by observation" : "on the wire");
        said.Zip(unseen).Should().OnlyContain(one => one.First.EndsWith($" was not seen to act {one.Second}"));
    }

    [Test, CancelAfter(120_000)]
    public async Task TheWireContradictsTheLyingObserver(CancellationToken cancellationToken)
    {
        IgnoreWithoutCapture();
        var said = await Task.WhenAll(Faults("").Index().Select(
            one => InjectAsync(new Boaster(new LyingObserver(_cluster)), one.Index).WaitAsync(cancellationToken)));

        said.Should().OnlyContain(text => text.EndsWith(" was not seen to act on the wire"));
    }

    [Test, CancelAfter(120_000)]
    public async Task SoItDoesWhereNobodyCanReadTheNodesOwnPackets(CancellationToken cancellationToken)
    {
        IgnoreWithoutCapture();
        var events = Faults("").Index().Where(one => one.Item is MoveShare || one.Item.IsEvent).ToList();

        var said = await Task.WhenAll(events.Select(one =>
            InjectAsync(new SilentTraffic(new LyingObserver(_cluster)), one.Index).WaitAsync(cancellationToken)));

        said.Should().HaveCount(6).And.OnlyContain(text => text.EndsWith(" was not seen to act on the wire"));
    }

    [TestCase("nemesis", "null", "disable n1 was not seen to act by observation")]
    [TestCase("observer", "lying", "disable n1 was not seen to act on the wire")]
    [CancelAfter(120_000)]
    public async Task ACaseUnderAFraudIsInconclusive(
        string setting, string value, string reason, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var runner = new SuiteRunner(Assembly.Load("Torture.TinySuite"));
        var options = new RunOptions
        {
            Out = folder.Path,
            Up = new LoopbackInTurn().UpAsync,
            Settings = new Dictionary<string, string> { [setting] = value },
        };

        var results = await runner.RunAsync(options, runner.Select(["tiny.Faults.DisablesANode"]), _ => { })
            .WaitAsync(cancellationToken);

        var result = results.Cases.Single();
        result.Verdict.Should().Be(Verdict.Inconclusive, result.Message);
        result.Reason.Should().Be(reason);
    }

    [TestCase("nemesis", "null", "by observation")]
    [TestCase("observer", "lying", "on the wire")]
    [CancelAfter(120_000)]
    public async Task ACaseThatWaitsForAnEventIsInconclusiveToo(
        string setting, string value, string where, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var runner = new SuiteRunner();
        string[] cases =
        [
            "notify.ClientMove.IsToldToAPendingCall", "notify.IpChange.IsToldToThoseWhoAskedForIt",
            "failover.WitnessLost.AForcedUnregisterEndsThePendingCall",
        ];
        var options = new RunOptions
        {
            Out = folder.Path, Settings = new Dictionary<string, string> { [setting] = value },
        };

        var results = await runner.RunAsync(options, runner.Select(cases), _ => { }).WaitAsync(cancellationToken);

        results.Cases.Should().HaveCount(3).And.OnlyContain(result => result.Verdict == Verdict.Inconclusive);
        results.Cases.Should().OnlyContain(result => result.Reason!.EndsWith($" was not seen to act {where}"));
    }

    [Test]
    public async Task AnUnknownFraudIsRefused()
    {
        var up = () => new LoopbackInTurn().UpAsync(
            _folder.Options with { Settings = new Dictionary<string, string> { ["nemesis"] = "none" } }, default);

        (await up.Should().ThrowAsync<TargetUnusableException>()).WithMessage("*knows nemesis=null*");
    }

    private void IgnoreWithoutCapture()
    {
        if (_cluster.Capabilities.WhyNot(Capability.Capture) is { } reason)
        {
            Assert.Ignore(reason);
        }
    }

    /// <summary>One of each kind.</summary>
    private IEnumerable<Fault> Faults(string client)
    {
        Node one = _cluster.Nodes[0], two = _cluster.Nodes[1];
        var address = _cluster.PublicAddresses[1];
        yield return new KillNode(two);
        yield return new PauseNode(two);
        yield return new StopNode(two);
        yield return new DisableNode(two);
        yield return new BanNode(two);
        yield return new StopWitness(two);
        yield return new MoveAddress(address, one);
        var share = _cluster.Shares.First(share => share.Kind == ShareKind.Failover);
        yield return new MoveShare(share, _cluster.Nodes[2]);
        yield return new TellShareMove(client, share, two);
        yield return new FailEnumeration(two);
        yield return new Partition(one, two);
        yield return new MoveClient(client, two);
        yield return new ChangeResource(address, InterfaceState.UNAVAILABLE);
        yield return new ChangeAddress(client, address.Address, online: false);
        yield return new ForceResponse(
            client, WitnessBlobs.ResourceChange(new ResourceChange(ChangeType.RESOURCE_STATE_AVAILABLE, "forced")));
        yield return new ForceUnregister(client);
        yield return new SlowLink(two, TimeSpan.FromSeconds(1));
        yield return new LossyLink(two, 0.5);
        yield return new DuplicatingLink(two, 0.5);
        yield return new ReorderingLink(two, 0.5, TimeSpan.FromMilliseconds(30));
        yield return new FlappingLink(two, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        yield return new StallRecoveryLock();
        yield return new LoseRecoveryLock();
    }

    /// <summary>What a case with a registered client is told that injects the fault.</summary>
    /// <param name="kind">Which of <see cref="Faults"/>.</param>
    private async Task<string> InjectAsync(ICluster fraud, int kind)
    {
        // The session is not disposed: the cluster is not its own.
        var session = new RunSession("selftest", fraud);
        await using var run = new CaseRun(
            $"fault {kind}", session, fraud.Time, TimeSpan.FromMinutes(2), seed: 1, breaks: true);
        run.Enter();
        try
        {
            await using var registration = await run.RegisterAsync(Registered(run));
            await run.Nemesis.InjectAsync(Faults(run.Client.Name).ElementAt(kind));
            return $"it acts: {run.History.Of<FaultTookEffect>().Last()}";
        }
        catch (InconclusiveException inconclusive)
        {
            return inconclusive.Message;
        }
        finally
        {
            session.Router.Dispose();
        }
    }

    private static RegisterWish Registered(CaseRun run) => new(
        null, null, null, null, null, RegisterFlags.WITNESS_REGISTER_NONE, WitnessVersion.V2, run.Client, null, null);

    /// <summary>Has every capability, by its own account.</summary>
    private sealed class Boaster(ICluster cluster) : PassingCluster(cluster)
    {
        public override CapabilitySet Capabilities => CapabilitySet.Everything;
    }
}
