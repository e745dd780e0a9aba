using FluentAssertions;
using NUnit.Framework;
using Torture.Targets.Containers.Engine;

namespace Torture.SelfTests.Containers;

/// <summary>Who made it, and whether that run lives.</summary>
[CancelAfter(30_000)]
public sealed class RunMarkTests
{
    private static readonly RunOwner Here = RunOwner.Here("");

    [Test]
    public void ARunLivesForAsLongAsItsLock()
    {
        var mark = RunMark.Begin("a");
        var owner = RunOwner.Parse(mark.Labels[RunMark.OwnerLabel])!;

        owner.StateSeenFrom(Here, isLocal: true).Should().Be(OwnerState.Living);
        mark.Dispose();
        owner.StateSeenFrom(Here, isLocal: true).Should().Be(OwnerState.Gone);
    }

    [Test]
    public void ALockThatNobodyHoldsIsACrash()
    {
        var file = Path.GetTempFileName();
        try
        {
            (Here with { Lock = file }).StateSeenFrom(Here, isLocal: true).Should().Be(OwnerState.Gone);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void WhatRanBeforeTheMachineStartedIsGone()
    {
        using var mark = RunMark.Begin("a");
        var before = RunOwner.Parse(mark.Labels[RunMark.OwnerLabel])! with { Boot = "another" };

        before.StateSeenFrom(Here, isLocal: true).Should().Be(OwnerState.Gone);
        before.StateSeenFrom(Here, isLocal: false).Should().Be(
            OwnerState.Elsewhere, "of a shared engine it may as well be this machine's clone");
    }

    [Test]
    public void OthersAreNotJudged()
    {
        (Here with { Machine = "other/1" }).StateSeenFrom(Here, isLocal: true).Should().Be(OwnerState.Elsewhere);
        (Here with { Files = "mnt:[1]" }).StateSeenFrom(Here, isLocal: true).Should().Be(OwnerState.Elsewhere);
        RunOwner.Parse("not an owner").Should().BeNull();
        RunOwner.Parse(null).Should().BeNull();
    }

    [Test]
    public async Task OnlyWhatNoLivingRunOwnsIsSwept()
    {
        await using var fake = new FakeEngine();
        using var other = RunMark.Begin("other");
        var crashed = (Here with { Lock = "/no/such/lock" }).ToString();
        var living = other.Labels[RunMark.OwnerLabel];
        var mine = fake.Mark.Labels[RunMark.RunLabel];
        fake.Answers("GET /v1.41/containers/json", 200, $$"""
            [{"Id":"c1","Names":["/crashed"],"State":"running","Labels":{{Labels("x.1", crashed)}}},
             {"Id":"c2","Names":["/living"],"State":"running","Labels":{{Labels("x.2", living)}}},
             {"Id":"c3","Names":["/mine"],"State":"running","Labels":{{Labels(mine, crashed)}}}]
            """);
        fake.Answers("GET /v1.41/containers/c1/json", 200, """{"Id":"c1","Name":"/n","State":{"Status":"paused"}}""");
        fake.Answers("POST /v1.41/containers/c1/unpause", 204, "");
        fake.Answers(
            "GET /v1.41/networks", 200, $$"""[{"Id":"w1","Name":"net","Labels":{{Labels("x.1", crashed)}}}]""");
        fake.Answers("GET /v1.41/volumes", 200, $$"""
            {"Volumes":[{"Name":"far","Labels":{{Labels("x.4", "else/1 b m /lock")}}}]}
            """);
        using var engine = await fake.ConnectAsync();

        var report = await Sweep.CrashedRunsAsync(engine, default);

        report.Removed.Should().Equal("container crashed", "network net");
        report.Kept.Should().Equal("volume far (else/1 b m /lock)");
        fake.Requests.Select(request => request.Line).Where(line => !line.StartsWith("GET", StringComparison.Ordinal))
            .Should().Equal(
                "POST /v1.41/containers/c1/unpause", "DELETE /v1.41/containers/c1?force=1&v=1",
                "DELETE /v1.41/networks/w1");
    }

    private static string Labels(string run, string owner) =>
        $$"""{"torture.run":"{{run}}","torture.owner":"{{owner}}"}""";
}
