using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Running;
using Torture.SelfTests.Loopback;
using Torture.Targets.Hooks;

namespace Torture.SelfTests.Hooks;

/// <summary>A real cluster that is spoken to by commands alone: the loopback cluster of another process.</summary>
[CancelAfter(300_000)]
public sealed class HooksAllTheWay
{
    private const string EveryVerb = "allow: [all]";

    /// <summary>Each of another kind: the nodes' own word, the operating system's, a client's, an event's.</summary>
    private const string FourVerbs = "allow: [kill, stop, move-address, force-unregister]";

    [Test]
    public async Task EachHookIsSeenToAct(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var said = new List<CheckLine>();

        var worst = await new TargetCheck(said.Add).RunAsync(
            OptionsOf(folder, FileIn(folder, text => text.Replace(EveryVerb, FourVerbs))), cancellationToken);

        said.Where(line => line.Grade == Grade.Failed).Should().BeEmpty();
        said.Where(line => line.Grade is Grade.Ok or Grade.Doubtful).Select(line => line.About)
            .Should().Contain(["kill", "stop", "move-address", "force-unregister", "witness n1"]);
        worst.Should().NotBe(Grade.Failed);
    }

    [Test]
    public async Task AHookThatDoesNothingIsFoundOut(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var said = new List<CheckLine>();
        var file = FileIn(folder, text => text.Replace(EveryVerb, "allow: [stop]").Replace("effect: 15s", "effect: 2s")
            .Replace("do: [\"{torture}\", cluster, break, stop, \"{node}\"]", "do: [\"true\"]"));

        var worst = await new TargetCheck(said.Add).RunAsync(OptionsOf(folder, file), cancellationToken);

        worst.Should().Be(Grade.Failed);
        said.Single(line => line.About == "stop").Said.Should().EndWith("was not seen to act by observation");
    }

    [Test]
    public async Task AnInventedHookIsRefused(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var said = new List<CheckLine>();
        var file = FileIn(folder, text => text.Replace("  kill:\n", "  melt:\n"));

        var worst = await new TargetCheck(said.Add).RunAsync(OptionsOf(folder, file), cancellationToken);

        worst.Should().Be(Grade.Failed);
        said.Single().Said.Should().Contain("hooks.melt: unknown fault: expected kill, pause");
    }

    /// <summary>As after a kill -9: the ledger is there, and whoever wrote it is not.</summary>
    [Test]
    public async Task WhatAKilledRunLeftBrokenIsHealed(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var path = FileIn(folder, text => text);
        await using var cluster = await HookTarget.UpAsync(
            OptionsOf(folder, path), HookWorld.Nobody, cancellationToken);
        var node = cluster.Nodes[2];
        await cluster.ApplyAsync(new StopNode(node), cancellationToken);
        (await cluster.ObserveAsync(cancellationToken)).Of(node).State.Should().Be(NodeState.Stopped);
        var killed = Path.Combine(folder.Path, "killed.yaml");
        File.WriteAllText(killed, File.ReadAllText(path).Replace("name: loopback-hooks", "name: killed"));
        WriteLedger(killed);
        var said = new List<string>();

        var whole = await LedgerVisit.HealAsync(killed, said.Add, cancellationToken);

        whole.Should().BeTrue(string.Join('\n', said));
        said.Should().Contain("healed: stop n3");
        var healed = await Poll.UntilAsync(
            async () => (await cluster.ObserveAsync(cancellationToken)).Of(node).State == NodeState.Ok ? "" : null,
            cluster.Limits.Recovery, TimeProvider.System, cancellationToken);
        healed.Should().NotBeNull();
    }

    private static void WriteLedger(string path)
    {
        var loader = TargetFileLoader.Open(path, new Dictionary<string, string>());
        using var ledger = FaultLedger.Open(loader.Start.Name);
        var torture = loader.Start.Up!.Templates().First();
        ledger.Break(new LedgerEntry(
            0, "stop", "stop n3", DateTimeOffset.UtcNow, "killed", path, loader.Folder,
            new ExecStep([torture, "cluster", "heal", "stop", "n3"])
            {
                Where = "killed.yaml:1", Deadline = TimeSpan.FromSeconds(30),
            },
            null, MovesOwners: true, "{}"));
    }

    private static TargetOptions OptionsOf(TemporaryFolder folder, string path) =>
        new() { Name = path, RunId = "selftest", Folder = folder.Path };

    /// <summary>The shipped file, of a cluster of its own.</summary>
    private static string FileIn(TemporaryFolder folder, Func<string, string> change)
    {
        var path = Path.Combine(folder.Path, "hooks.yaml");
        var text = Torture.Fixtures.FixtureFiles.ReadText("targets/loopback-hooks.yaml");
        File.WriteAllText(path, change(text.Replace("cluster: \"-a\"", $"cluster: \"-{Guid.NewGuid():N}\"")));
        return path;
    }
}
