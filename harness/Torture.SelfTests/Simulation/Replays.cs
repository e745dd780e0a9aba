using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Results;

namespace Torture.SelfTests.Simulation;

/// <summary>The seed alone makes a run.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class Replays
{
    private static readonly string[] Sample =
    [
        "rpc.witness.KeepAlive", "rpc.protocol.Fragments", "notify.ClientMove", "failover.OwnerLost",
        "failover.Partitions",
    ];

    [Test]
    public async Task TheSameSeedGivesTheSameBytes()
    {
        using var first = await SimulatedRun.OfAsync(wish => wish with { Seed = 7 }, Sample);
        using var second = await SimulatedRun.OfAsync(wish => wish with { Seed = 7 }, Sample);

        second.Files.Keys.Should().Equal(first.Files.Keys);
        first.Files.Keys.Should().Contain("results.json")
            .And.Contain("cases/failover.Partitions.AClientOfTheLoserFollows/capture.pcapng")
            .And.Contain("cases/notify.ClientMove.IsToldToAPendingCall/history.jsonl");
        foreach (var (file, bytes) in first.Files)
        {
            second.Files[file].Should().Equal(bytes, file);
        }
    }

    [Test]
    public async Task AnotherSeedGivesAnotherSchedule()
    {
        string[] cases = ["failover.OwnerLost"];
        using var first = await SimulatedRun.OfAsync(wish => wish with { Seed = 1 }, cases);
        using var second = await SimulatedRun.OfAsync(wish => wish with { Seed = 2 }, cases);

        var file = first.Files.Keys.First(name => name.EndsWith("history.jsonl", StringComparison.Ordinal));
        second.Files[file].Should().NotEqual(first.Files[file], file);
    }

    /// <summary>What ran before, or runs beside it, is another world.</summary>
    [Test]
    public async Task ACaseByItselfIsTheCaseOfTheWholeRun()
    {
        const string id = "notify.ClientMove.IsToldToAPendingCall";
        const string capture = $"cases/{id}/capture.pcapng";
        using var all = await SimulatedRun.OfAsync(SimulatedRun.AsItIs, "notify.ClientMove");
        using var alone = await SimulatedRun.OfAsync(SimulatedRun.AsItIs, id);

        alone.Files[capture].Should().Equal(all.Files[capture]);
        alone.Results.Cases.Single().Verdict.Should().Be(Verdict.Passed);
    }
}
