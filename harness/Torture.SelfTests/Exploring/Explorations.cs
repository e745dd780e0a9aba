using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Exploring;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.SelfTests.Exploring;

/// <summary>Scenarios of chance: replayed to the letter, made smaller, printed, and able to find something.</summary>
public sealed class Explorations
{
    private const int MostSeeds = 60;

    [Test]
    public void TheSameSeedMakesTheSameScenario()
    {
        var made = Enumerable.Range(1, MostSeeds).Select(ScenarioMaker.Of).ToList();

        made.Select(ScenarioWriter.ToCase).Should().Equal(
            Enumerable.Range(1, MostSeeds).Select(seed => ScenarioWriter.ToCase(ScenarioMaker.Of(seed))));
        made.Select(scenario => scenario.Nodes).Distinct().Order().Should().Equal(2, 3, 4, 5);
        made.SelectMany(scenario => scenario.Acts).OfType<Break>().Select(act => act.Fault.Kind).Distinct()
            .Should().BeEquivalentTo(Enum.GetValues<FaultKind>());
    }

    [Test]
    public void AScenarioIsReplayedToTheByte()
    {
        var scenario = ScenarioMaker.Of(7);
        var files = new List<Dictionary<string, byte[]>>();
        for (var time = 0; time < 2; time++)
        {
            var folder = Directory.CreateTempSubdirectory("torture-explore-");
            try
            {
                new Explorer(Options(mutant: null)).Play(scenario, folder.FullName, CancellationToken.None);
                files.Add(folder.EnumerateFiles("*", SearchOption.AllDirectories).ToDictionary(
                    file => Path.GetRelativePath(folder.FullName, file.FullName),
                    file => File.ReadAllBytes(file.FullName)));
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        files[0].Keys.Should().Contain(name => name.EndsWith("capture.pcapng"));
        files[1].Should().BeEquivalentTo(files[0], options => options.WithStrictOrdering());
    }

    [TestCase("LossNotTold")]
    [TestCase("NobodyTakesOver")]
    [TestCase("SilenceNotNoticed")]
    [TestCase("LostPermissionIgnored")]
    public void ADefectIsFound(string mutant) => Enumerable.Range(1, MostSeeds)
        .Any(seed => Play(ScenarioMaker.Of(seed), mutant).Verdict == Verdict.Failed)
        .Should().BeTrue($"{MostSeeds} seeds are tried");

    /// <summary>Seeds that found something with the good server; what it was has been mended since.</summary>
    [TestCase(20727, TestName = "{m}: a permission that ran out was told as held to a new link")]
    [TestCase(472, TestName = "{m}: an address came home before it was moved there")]
    public void WhatWasFoundOnceIsFoundNoMore(int seed) =>
        Play(ScenarioMaker.Of(seed), mutant: null).Verdict.Should().Be(Verdict.Passed);

    [Test]
    public void WhatWasFoundIsMadeSmallAndStaysRed()
    {
        const string mutant = "NobodyTakesOver";
        var seed = Enumerable.Range(1, MostSeeds).First(
            seed => Play(ScenarioMaker.Of(seed), mutant).Verdict == Verdict.Failed);

        var found = new Explorer(Options(mutant)).Explore(seed, shrink: true, CancellationToken.None)!;

        found.Smallest.Acts.Count.Should().BeLessThan(found.Made.Acts.Count);
        Play(found.Smallest, mutant).Verdict.Should().Be(Verdict.Failed);
        Play(found.Smallest, mutant: null).Verdict.Should().Be(Verdict.Passed, "the good server stands it");
    }

    [Test]
    public void AScenarioIsPrintedAsACase() => ScenarioWriter.ToCase(new Scenario(5, 3,
    [
        new Register(TimeSpan.Zero, 1, 2),
        new Break(TimeSpan.FromMilliseconds(350), 1, new FaultPlan(FaultKind.Cut, 0, 4)),
        new Heal(TimeSpan.Zero, 9),
        new Break(TimeSpan.Zero, 2, new FaultPlan(FaultKind.MoveClient, 1, 2)),
        new Leave(TimeSpan.FromMilliseconds(20), 1),
    ])).ReplaceLineEndings("\n").Should().Be(
        """
        // torture explore --from 5 --seeds 1, with 3 nodes.
        [Test, BreaksCluster, Verifies(/* what it broke */)]
        public async Task Seed5()
        {
            var registration1 = await RegisterAsync(Cluster.PublicAddresses[2], client: AnotherClient());
            _ = Hearer.Throughout(registration1);
            await PassAsync(TimeSpan.FromMilliseconds(350));
            var outage1 = await Nemesis.InjectAsync(new Partition(Cluster.Nodes[0], Cluster.Nodes[1]));
            await Nemesis.InjectAsync(new MoveClient(registration1.Request.ClientComputerName!, Cluster.Nodes[2]));
            await PassAsync(TimeSpan.FromMilliseconds(20));
            await registration1.UnRegisterAsync();
            await outage1.HealAsync();
        }

        """);

    private static CaseResult Play(Scenario scenario, string? mutant) =>
        new Explorer(Options(mutant)).Play(scenario, folder: null, CancellationToken.None);

    private static RunOptions Options(string? mutant) => new() { Target = "simulation", Mutant = mutant };
}
