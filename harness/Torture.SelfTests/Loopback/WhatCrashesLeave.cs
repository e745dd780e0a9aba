using System.Diagnostics;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Running;
using Torture.Node.Keep;

namespace Torture.SelfTests.Loopback;

/// <summary>
/// Harness and supervisor killed at once leave a folder, a cluster file and a route: the next run removes them, and
/// nothing of a run that lives. All runs of a test share a folder for temporary files that no other test has.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(180_000)]
public sealed class WhatCrashesLeave
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _machine = new();
    private readonly List<Held> _all = [];

    [TearDown]
    public async Task EndAll()
    {
        foreach (var held in _all)
        {
            held.Process.Kill();
            await UntilNoProcessAsync(held, CancellationToken.None);
            held.Process.Dispose();
        }

        // Where a test has failed there is still something.
        await SweepAsync(CancellationToken.None);
        _all.ForEach(held => held.Folder.Dispose());
        _machine.Dispose();
    }

    [Test]
    public async Task IsRemovedByTheNextRun(CancellationToken cancellationToken)
    {
        var crashed = await CrashedAsync(cancellationToken);

        var next = await HeldAsync(cancellationToken);

        Left(crashed).Should().BeEmpty();
        next.Said.Split('\t').Should().Contain($"removed what an earlier run left: {crashed.ControlFolder}");
        Left(next).Should().HaveCount(next.Everything);
    }

    [Test]
    public async Task IsRemovedBySweepingOnce(CancellationToken cancellationToken)
    {
        var crashed = await CrashedAsync(cancellationToken);

        var removed = await SweepAsync(cancellationToken);

        Left(crashed).Should().BeEmpty();
        removed.Should().HaveCount(crashed.Kept).And.Contain(crashed.ControlFolder);
        (await SweepAsync(cancellationToken)).Should().BeEmpty();
    }

    [Test]
    public async Task IsRemovedOnceByRunsThatStartTogether(CancellationToken cancellationToken)
    {
        var crashed = await CrashedAsync(cancellationToken);

        var runs = await Task.WhenAll(HeldAsync(cancellationToken), HeldAsync(cancellationToken));

        Left(crashed).Should().BeEmpty();
        runs.SelectMany(run => run.Said.Split('\t'))
            .Where(line => line.EndsWith(crashed.ControlFolder, StringComparison.Ordinal)).Should().ContainSingle();
        runs.Should().OnlyContain(run => Left(run).Count == run.Everything);
    }

    [Test]
    public async Task IsNotWhatALivingRunHas(CancellationToken cancellationToken)
    {
        var living = await HeldAsync(cancellationToken);

        (await SweepAsync(cancellationToken)).Should().BeEmpty();

        Left(living).Should().HaveCount(living.Everything);
    }

    [Test]
    public async Task IsNotWhatASupervisorIsAboutToRemove(CancellationToken cancellationToken)
    {
        var run = await HeldAsync(cancellationToken);
        var supervisor = Leftovers.IdsOf("keep", run.Folder.Path).Single();
        Native.Signal(supervisor, Native.SIGSTOP);
        Native.Signal(run.Process.Id, Native.SIGKILL);
        await run.Process.WaitForExitAsync(cancellationToken);

        (await SweepAsync(cancellationToken)).Should().BeEmpty();

        Left(run).Should().HaveCount(run.Everything - 1, "only the harness is gone");
        Native.Signal(supervisor, Native.SIGCONT);
        (await UntilNothingIsLeftAsync(run, cancellationToken)).Should().BeEmpty("the supervisor does it");
    }

    /// <summary>A cluster of another process.</summary>
    private async Task<Held> HeldAsync(CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        var process = ClusterHolder.Start(_machine.Path, ClusterHolder.Verb, folder.Path, "loopback");
        var said = new string?[3];
        for (var i = 0; i < said.Length; i++)
        {
            said[i] = await process.StandardOutput.ReadLineAsync(cancellationToken);
        }

        var held = new Held(process, folder, said[0]!, said[1]!, said[2]!);
        lock (_all)
        {
            _all.Add(held);
        }

        return held;
    }

    /// <summary>What a cluster leaves whose harness and supervisor were killed at once.</summary>
    private async Task<Held> CrashedAsync(CancellationToken cancellationToken)
    {
        var run = await HeldAsync(cancellationToken);
        var supervisor = Leftovers.IdsOf("keep", run.Folder.Path).Single();
        // So that neither can clean up after the other.
        Native.Signal(run.Process.Id, Native.SIGSTOP);
        Native.Signal(supervisor, Native.SIGKILL);
        Native.Signal(run.Process.Id, Native.SIGKILL);
        await run.Process.WaitForExitAsync(cancellationToken);
        await UntilNoProcessAsync(run, cancellationToken);
        Left(run).Should().HaveCount(run.Kept, "otherwise there is nothing to remove");
        return run;
    }

    private async Task<IReadOnlyList<string>> SweepAsync(CancellationToken cancellationToken)
    {
        using var sweep = ClusterHolder.Start(_machine.Path, ClusterHolder.Sweep);
        var said = await sweep.StandardOutput.ReadToEndAsync(cancellationToken);
        await sweep.WaitForExitAsync(cancellationToken);
        sweep.ExitCode.Should().Be(0);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Task UntilNoProcessAsync(Held held, CancellationToken cancellationToken) => Poll.UntilAsync(
        () => Task.FromResult(Leftovers.ProcessesWith(held.Folder.Path).Count == 0 ? "" : null),
        Limit, TimeProvider.System, cancellationToken);

    private static IReadOnlyList<string> Left(Held held) =>
        Leftovers.Of(held.Folder.Path, held.ControlFolder, held.Routes);

    private static async Task<IReadOnlyList<string>> UntilNothingIsLeftAsync(
        Held held, CancellationToken cancellationToken) =>
        await Poll.UntilAsync(
            () => Task.FromResult(Left(held) is { Count: 0 } left ? left : null),
            Limit, TimeProvider.System, cancellationToken) ?? Left(held);

    private sealed record Held(
        Process Process, TemporaryFolder Folder, string ControlFolder, string Routes, string Said)
    {
        /// <summary>Folder and cluster file; a route where there is IPv6.</summary>
        public int Kept => Routes.Length > 0 ? 3 : 2;

        /// <summary>Holder, supervisor and three nodes besides.</summary>
        public int Everything => Kept + 5;
    }
}
