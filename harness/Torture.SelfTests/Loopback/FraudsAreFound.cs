using System.Reflection;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Targets.Frauds;
using Torture.Targets.Loopback;
using InconclusiveException = Torture.Harness.Clusters.InconclusiveException;

namespace Torture.SelfTests.Loopback;

using Node = Torture.Harness.Clusters.Node;

/// <summary>A nemesis that does nothing and an observer that lies make no case pass.</summary>
public sealed class FraudsAreFound
{
    private TemporaryFolder _folder = null!;
    private ICluster _cluster = null!;

    [OneTimeSetUp]
    public async Task UpAsync()
    {
        _folder = new TemporaryFolder();
        _cluster = await new LoopbackTarget().UpAsync(_folder.Options, CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task DownAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    [Test, CancelAfter(60_000)]
    public async Task NoFaultOfTheNullNemesisIsSeenToAct(CancellationToken cancellationToken)
    {
        var said = await Task.WhenAll(Faults().Select(
            fault => InjectAsync(new NullNemesis(_cluster), fault).WaitAsync(cancellationToken)));

        said.Should().Equal(Faults().Select(fault => $"{fault} was not seen to act by observation"));
    }

    [Test, CancelAfter(60_000)]
    public async Task TheWireContradictsTheLyingObserver(CancellationToken cancellationToken)
    {
        if (_cluster.Capabilities.WhyNot(Capability.Capture) is { } reason)
        {
            Assert.Ignore(reason);
        }

        var said = await Task.WhenAll(SeenOnTheWire().Select(
            fault => InjectAsync(new LyingObserver(_cluster), fault).WaitAsync(cancellationToken)));

        said.Should().Equal(SeenOnTheWire().Select(fault => $"{fault} was not seen to act on the wire"));
    }

    [TestCase("nemesis", "null", "disable n1 was not seen to act by observation")]
    [TestCase("observer", "lying", "disable n1 was not seen to act on the wire")]
    [CancelAfter(60_000)]
    public async Task ACaseUnderAFraudIsInconclusive(
        string setting, string value, string reason, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var runner = new SuiteRunner(Assembly.Load("Torture.TinySuite"));
        var options = new RunOptions
        {
            Out = folder.Path, Settings = new Dictionary<string, string> { [setting] = value },
        };

        var results = await runner.RunAsync(options, runner.Select(["tiny.Faults.DisablesANode"]), _ => { })
            .WaitAsync(cancellationToken);

        var result = results.Cases.Single();
        result.Verdict.Should().Be(Verdict.Inconclusive, result.Message);
        result.Reason.Should().Be(reason);
    }

    [Test]
    public async Task AnUnknownFraudIsRefused()
    {
        var up = () => new LoopbackTarget().UpAsync(
            _folder.Options with { Settings = new Dictionary<string, string> { ["nemesis"] = "none" } }, default);

        (await up.Should().ThrowAsync<TargetUnusableException>()).WithMessage("*knows nemesis=null*");
    }

    private IEnumerable<Fault> Faults() => SeenOnTheWire().Append(new MoveShare(
        _cluster.Shares.First(share => share.Kind == ShareKind.Failover), _cluster.Nodes[2]));

    private IEnumerable<Fault> SeenOnTheWire()
    {
        Node one = _cluster.Nodes[0], two = _cluster.Nodes[1];
        yield return new KillNode(two);
        yield return new PauseNode(two);
        yield return new StopNode(two);
        yield return new DisableNode(two);
        yield return new BanNode(two);
        yield return new StopWitness(two);
        yield return new MoveAddress(_cluster.PublicAddresses[1], one);
        yield return new Partition(one, two);
    }

    /// <summary>What a case is told that injects the fault.</summary>
    private static async Task<string> InjectAsync(ICluster fraud, Fault fault)
    {
        // The session is not disposed: the cluster is not its own.
        var session = new RunSession("selftest", fraud);
        await using var run = new CaseRun(
            fault.ToString()!, session, fraud.Time, TimeSpan.FromMinutes(1), seed: 1, breaks: true);
        run.Enter();
        try
        {
            await run.Nemesis.InjectAsync(fault);
            return "it acts";
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
}
