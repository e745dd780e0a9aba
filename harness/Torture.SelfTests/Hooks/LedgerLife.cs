using FluentAssertions;
using NUnit.Framework;
using Torture.Targets.Hooks;

namespace Torture.SelfTests.Hooks;

/// <summary>What is broken is written down before, and crossed out afterwards.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LedgerLife
{
    private readonly string _name = $"lab-{Guid.NewGuid():N}";

    [Test]
    public void WhatWasNotUndoneIsThereForTheNext()
    {
        using (var ledger = FaultLedger.Open(_name))
        {
            ledger.Break(Entry("kill n1"));
            var second = ledger.Break(Entry("pause n2"));
            ledger.Break(Entry("stop n3"));
            ledger.Undone(second);
        }

        using var next = FaultLedger.Open(_name);
        next.Entries.Select(entry => entry.Fault).Should().Equal("kill n1", "stop n3");
        next.Entries[0].Should().BeEquivalentTo(Entry("kill n1") with { Id = 1 });
        next.Break(Entry("ban n1")).Id.Should().Be(4, "no number is given twice");
    }

    [Test]
    public async Task ItIsOnDiskWhenBreakReturns()
    {
        using var ledger = FaultLedger.Open(_name);
        ledger.Break(Entry("kill n1"));

        // The lock is advisory, and only programs of .NET heed it.
        var text = await HookProcess.RunAsync(
            ["cat", ledger.Path], "/", new Dictionary<string, string>(), CancellationToken.None);

        text.Should().StartWith("{\"broken\":{\"id\":1,\"verb\":\"kill\"").And.EndWith("\n");
    }

    [Test]
    public void NobodyElseHasItMeanwhile()
    {
        using var ledger = FaultLedger.Open(_name);

        var second = () => FaultLedger.Open(_name);

        second.Should().Throw<HookException>().WithMessage("*another run may be using*");
    }

    [Test]
    public void ALineThatWasNeverFinishedBrokeNothing()
    {
        string path;
        using (var ledger = FaultLedger.Open(_name))
        {
            ledger.Break(Entry("kill n1"));
            path = ledger.Path;
        }

        var whole = File.ReadAllText(path);
        File.AppendAllText(path, whole[..(whole.Length / 2)]);

        using var next = FaultLedger.Open(_name);
        next.Entries.Should().ContainSingle();
        next.Undone(next.Entries[0]);
        new FileInfo(path).Length.Should().Be(0);
    }

    [TestCase("garbage\n")]
    [TestCase("{\"broken\":{\"id\":1}}\n")]
    [TestCase("{\"broken\":{\"undo\":{\"$type\":\"magic\"}}}\n")]
    [TestCase("[]\n")]
    public void WhatIsNoLedgerIsTold(string text)
    {
        string path;
        using (var ledger = FaultLedger.Open(_name))
        {
            path = ledger.Path;
        }

        File.WriteAllText(path, text);

        var open = () => FaultLedger.Open(_name);
        open.Should().Throw<HookException>().WithMessage($"{path}:1: no line of a ledger*undo by hand*");
        File.Delete(path);
    }

    private static LedgerEntry Entry(string fault) => new(
        0, fault.Split(' ')[0], fault, DateTimeOffset.UnixEpoch, "run", "/lab/lab.yaml", "/lab",
        new SshStep("n1", ["a b"], null)
        {
            Where = "lab.yaml:3: hooks.kill.undo", Deadline = TimeSpan.FromSeconds(5), Ssh = SshSettings.Default,
        },
        new HttpStep("GET", "http://n1/", [200])
        {
            Where = "lab.yaml:4: hooks.kill.verify", Deadline = TimeSpan.FromSeconds(5),
            Headers = new Dictionary<string, string> { ["X"] = "env:Y" },
        },
        MovesOwners: true, "{}");
}
