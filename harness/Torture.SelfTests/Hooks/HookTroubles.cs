using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Results;
using Torture.SelfTests.Harness;
using Torture.Targets.Hooks;
using InconclusiveException = Torture.Harness.Clusters.InconclusiveException;

namespace Torture.SelfTests.Hooks;

/// <summary>What a case makes of hooks that work, and of each way in which they do not.</summary>
public sealed class HookTroubles
{
    private HookWorld _world = null!;

    [SetUp]
    public void SetUp() => _world = new HookWorld();

    [TearDown]
    public void TearDown() => _world.Dispose();

    [Test]
    public async Task AHookThatWorksMakesAFaultThatActs()
    {
        var result = await RunAsync();

        result.Verdict.Should().Be(Verdict.Passed, result.Message);
        result.Failovers.Single().Recovered.Should().NotBeNull();
        _world.Read("n1.state").Should().Be("ok");
        LedgerIsEmpty();
    }

    [Test]
    public async Task AHookThatDoesNothingMakesNoOutage()
    {
        _world.Hooks = Disable("[\"true\"]", "[\"true\"]");

        var result = await RunAsync();

        result.Verdict.Should().Be(Verdict.Inconclusive);
        result.Reason.Should().Be("disable n1 was not seen to act by observation");
        LedgerIsEmpty();
    }

    [Test]
    public async Task AHookThatFailsIsTheHooksFault()
    {
        _world.Script("fail", "#!/bin/sh\necho 'no quorum' >&2; exit 3");
        _world.Hooks = Disable("[./fail, \"{node}\"]", "[./set, \"{node}\", ok]");

        var result = await RunAsync();

        result.Verdict.Should().Be(Verdict.Inconclusive);
        result.Reason.Should().EndWith("hooks.disable.do: ended with 3: no quorum [./fail n1]");
        _world.Read("n1.state").Should().Be("ok", "what it may have half done was undone");
        LedgerIsEmpty();
    }

    [Test]
    public async Task AHookThatHangsIsEnded()
    {
        _world.Script("hang", "#!/bin/sh\nsleep 600");
        _world.Hooks = Disable("[./hang]", "[./set, \"{node}\", ok]", "300ms");

        var result = await RunAsync();

        result.Verdict.Should().Be(Verdict.Inconclusive);
        result.Reason.Should().Contain("did not end within 0.3 s: killed with all that it started");
    }

    [TestCase("oops", "printed 'oops', which is no JSON: line 1, byte 0")]
    [TestCase("", "printed nothing, which is no JSON")]
    [TestCase("[]", "the whole: expected an object, found Array")]
    [TestCase("""{"nodes":[{"name":"n9"}]}""", "nodes[0].name: no node 'n9' in the target file: expected n1, n2 or n3")]
    [TestCase("""{"nodes":[{"nam":"n1"}]}""", "nodes[0].nam: unknown: expected name, reachable, state")]
    [TestCase("""{"nodes":[{"name":"n1","state":"fine"}]}""", "nodes[0].state: expected unknown, ok, disconnected")]
    [TestCase("""{"nodes":[{"name":"n1","owned":["10.0.0.9"]}]}""", "nodes[0].owned[0]: '10.0.0.9' is no public")]
    [TestCase("""{"nodes":[{"name":"n1"},{"name":"n1"}]}""", "node n1 is told twice")]
    [TestCase("""{"nodes":{}}""", "nodes: expected a list, found {}")]
    [TestCase("""{"nodes":[{"name":"n1","reachable":"yes"}]}""", "nodes[0].reachable: expected true or false")]
    public async Task AnObservationThatIsGarbageIsTold(string printed, string told)
    {
        _world.Script("observe", $"#!/bin/sh\ncat <<'EOF'\n{printed}\nEOF");

        var up = () => _world.UpAsync();

        (await up.Should().ThrowAsync<HookException>()).Which.Message.Should().Contain(told)
            .And.StartWith(_world.FilePath).And.NotContain("\n");
    }

    [Test]
    public async Task AnObservationThatFailsHalfWayIsInconclusive()
    {
        _world.Script("set", "#!/bin/sh\necho $2 > $1.state\nprintf 'exit 1' > observe");

        var result = await RunAsync();

        result.Verdict.Should().Be(Verdict.Inconclusive);
        result.Reason.Should().Contain("observe: ended with 1");
    }

    [Test]
    public async Task WhatIsNotUndoneStaysInTheLedger()
    {
        _world.Hooks = Disable("[./set, \"{node}\", disabled]", "[\"false\"]");

        var result = await RunAsync();

        result.Verdict.Should().Be(Verdict.Inconclusive);
        result.Reason.Should().Contain("hooks.disable.undo: ended with 1");
        using var ledger = FaultLedger.Open(_world.Name);
        ledger.Entries.Single().Fault.Should().Be("disable n1");
    }

    [Test]
    public async Task AnUndoThatLiesIsNotBelieved()
    {
        _world.Hooks = Disable("[./set, \"{node}\", disabled]", "[\"true\"]");

        var result = await RunAsync();

        result.Verdict.Should().Be(Verdict.Inconclusive);
        result.Reason.Should().Contain("disable n1 was undone and is still seen to act");
        using var ledger = FaultLedger.Open(_world.Name);
        ledger.Entries.Should().ContainSingle();
    }

    [Test]
    public async Task VerifyIsAskedUntilItIsSo()
    {
        _world.Script("verify", "#!/bin/sh\necho x >> asked\n[ $(wc -l < asked) -ge 3 ]");
        _world.Hooks = Disable("[./set, \"{node}\", disabled]", "[./set, \"{node}\", ok]") + "\n    verify: [./verify]";

        var result = await RunAsync();

        result.Verdict.Should().Be(Verdict.Passed, result.Message);
        _world.Read("asked")!.Split('\n').Should().HaveCount(3);
    }

    [Test]
    public async Task ABrokenClusterIsNotUsed()
    {
        using (var ledger = FaultLedger.Open(_world.Name))
        {
            ledger.Break(LeftBroken());
        }

        var up = () => _world.UpAsync();

        (await up.Should().ThrowAsync<TargetUnusableException>()).WithMessage(
            $"{_world.Name} is broken: disable n1, since * by run selftest, which did not undo it:"
            + $" torture cluster heal --target {_world.FilePath}");
    }

    [Test]
    public async Task ReadOnlyBreaksNothing()
    {
        _world.Mode = "read-only";

        await using var cluster = await _world.UpAsync();

        cluster.Capabilities.WhyNot(Capability.DisableNode).Should().Be(
            $"{_world.FilePath} is read-only: write mode: faults, and disable under allow");
        var apply = () => cluster.ApplyAsync(new DisableNode(cluster.Nodes[0]), CancellationToken.None);
        await apply.Should().ThrowAsync<NotSupportedByTargetException>();
    }

    [Test]
    public async Task OnlyWhatIsAllowedIsMade()
    {
        _world.Allow = "[kill]";

        await using var cluster = await _world.UpAsync();

        cluster.Capabilities.WhyNot(Capability.DisableNode).Should().Be(
            $"disable is not allowed: write it under allow in {_world.FilePath}");
        cluster.Capabilities.WhyNot(Capability.MoveShare).Should().Be(
            $"write the hook move-share in {_world.FilePath} (docs/targets-and-hooks.md)");
    }

    [Test]
    public async Task WhatAPersonDoesNeedsAPerson()
    {
        _world.Hooks = Disable("{ manual: \"Disable {node}\" }", "[./set, \"{node}\", ok]");

        await using var cluster = await _world.UpAsync();

        cluster.Capabilities.WhyNot(Capability.DisableNode).Should().Be(
            "disable: a person is to do this, and standard input is no terminal");
    }

    [Test]
    public async Task OwnersThatMoveAreTold()
    {
        _world.Script("move", "#!/bin/sh\necho $2 > $1.owner");
        _world.Hooks = """
              move-address:
                do: [./move, "{address}", "{to}"]
                undo: [./move, "{address}", "{from}"]
            """;
        await using var cluster = await _world.UpAsync();
        var told = new List<ClusterEvent>();
        await cluster.ObserveAsync(CancellationToken.None);
        cluster.Changed += told.Add;
        var move = new MoveAddress(cluster.PublicAddresses[0], cluster.Nodes[2]);

        await cluster.ApplyAsync(move, CancellationToken.None);
        var applied = DateTimeOffset.UtcNow;
        await cluster.ObserveAsync(CancellationToken.None);

        told.Should().HaveCount(2);
        told[0].Should().BeOfType<ClusterEvent.AddressReleased>().Which.By.Name.Should().Be("n1");
        told[1].Should().BeOfType<ClusterEvent.AddressTaken>().Which.By.Name.Should().Be("n3");
        told.Should().OnlyContain(one => one.At <= applied, "it happened before it was seen");
        await cluster.HealAsync(move, CancellationToken.None);
        _world.Read("127.0.0.101.owner").Should().Be("n1");
    }

    [Test]
    public async Task ClientsOfACaseShareItsAddressAndCasesWaitForOne()
    {
        _world.More = "clients: [127.0.0.151, 127.0.0.152]";
        await using var cluster = await _world.UpAsync();

        using var one = cluster.ClaimClient("a");
        using var again = cluster.ClaimClient("a#2");
        using (cluster.ClaimClient("b"))
        {
            again.Address.Should().Be(one.Address);
            again.Name.Should().NotBe(one.Name);
            var third = () => cluster.ClaimClient("c");
            third.Should().Throw<InconclusiveException>();
        }

        using var next = cluster.ClaimClient("c");
        cluster.CasesAtOnce.Should().Be(2);
        next.Address.Should().NotBe(one.Address);
    }

    [Test]
    public async Task AClientAddressThatIsNotOursIsRefused()
    {
        _world.More = "clients: [192.0.2.77]";

        var up = () => _world.UpAsync();

        (await up.Should().ThrowAsync<HookException>()).WithMessage(
            "*clients: 192.0.2.77 is no address of this machine*");
    }

    [Test]
    public async Task WhatUpPrintsStandsAnywhere()
    {
        _world.Script("up", "#!/bin/sh\necho starting >&2\nprintf '{\"net\":\"FS7\",\"smb\":4445}'");
        _world.Script("down", "#!/bin/sh\ntouch is-down");
        _world.More = "aliases: [\"{up.net}\"]\nports: { smb: \"{up.smb}\" }\nup: [./up]\ndown: [./down]";

        await using (var cluster = await _world.UpAsync())
        {
            cluster.Aliases.Should().Equal("FS7");
            cluster.Ports.Smb.Should().Be(4445);
        }

        _world.Read("is-down").Should().NotBeNull();
    }

    [Test]
    public async Task WhatUpDoesNotPrintIsMissed()
    {
        _world.More = "aliases: [\"{up.net}\"]\nup: [\"true\"]";

        var up = () => _world.UpAsync();

        (await up.Should().ThrowAsync<TargetFileException>()).WithMessage(
            "*aliases[0]: the hook up did not print a value called 'net'");
    }

    [Test]
    public async Task APasswordThatIsNotSetIsTold()
    {
        _world.More = "accounts: [{ user: alice, password: env:TORTURE_NOT_SET }]";

        var up = () => _world.UpAsync();

        (await up.Should().ThrowAsync<HookException>()).WithMessage(
            "password of alice: the environment variable TORTURE_NOT_SET is not set");
    }

    private static string Disable(string act, string undo, string deadline = "5s") =>
        $"  disable:\n    deadline: {deadline}\n    do: {act}\n    undo: {undo}";

    private async Task<CaseResult> RunAsync()
    {
        using var run = new TinyRun();
        return await run.OneAsync(
            "tiny.Faults.DisablesANode",
            options => options with { Up = async (_, _) => await _world.UpAsync() });
    }

    private void LedgerIsEmpty()
    {
        using var ledger = FaultLedger.Open(_world.Name);
        ledger.Entries.Should().BeEmpty();
    }

    /// <summary>Of a run that was killed right afterwards.</summary>
    private LedgerEntry LeftBroken() => new(
        0, "disable", "disable n1", DateTimeOffset.UtcNow, "selftest", _world.FilePath, _world.Folder,
        new ExecStep(["./set", "n1", "ok"]) { Where = "lab.yaml:1", Deadline = TimeSpan.FromSeconds(5) }, null,
        MovesOwners: false, "{}");
}
