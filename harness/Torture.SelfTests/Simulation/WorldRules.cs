using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Targets.Simulation;

namespace Torture.SelfTests.Simulation;

/// <summary>One thread, and time of its own.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WorldRules
{
    private readonly World _world = new(seed: 1);

    [Test]
    public void TimeJumpsToWhatIsNext()
    {
        var began = DateTime.UtcNow;

        var slept = _world.Run(async () =>
        {
            var start = _world.Time.GetTimestamp();
            await Task.Delay(TimeSpan.FromHours(1), _world.Time);
            return _world.Time.GetElapsedTime(start);
        });

        slept.Should().BeCloseTo(TimeSpan.FromHours(1), TimeSpan.FromMilliseconds(1));
        (DateTime.UtcNow - began).Should().BeLessThan(TimeSpan.FromMinutes(1));
    }

    [Test]
    public void WhatNothingCanEndIsADeadlockAndSaysSo()
    {
        var node = _world.NewParty("n1");
        var hung = () => _world.Run(async () =>
        {
            node.IsFrozen = true;
            _ = node.DoAsync(() => Task.FromResult(1));
            await new TaskCompletionSource().Task;
            return 0;
        });

        hung.Should().Throw<DeadlockException>().WithMessage("*n1 stands still, with 1 things to do*");
    }

    [Test]
    public void ADeadlockNamesWhoWaitsForBytes()
    {
        var hung = () => _world.Run(async () =>
        {
            var (here, _) = await Pair.OpenAsync(_world);
            return await here.ReadAsync(new byte[1]);
        });

        hung.Should().Throw<DeadlockException>()
            .WithMessage($"*case waits for bytes at {Pair.Client}:* from {Pair.Server}*");
    }

    [Test]
    public void OneThatStandsStillDoesItAllLater()
    {
        var node = _world.NewParty("n1");
        var (done, before) = (0, -1);
        _world.Run(async () =>
        {
            node.IsFrozen = true;
            await using var ticks = node.Time.CreateTimer(
                _ => done++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromSeconds(10.5), _world.Time);
            before = done;
            node.IsFrozen = false;
            await Task.Delay(TimeSpan.FromSeconds(0.1), _world.Time);
            return 0;
        });

        before.Should().Be(0);
        done.Should().Be(1, "ticks that were missed are lost");
    }

    [Test]
    public void OneThatIsGoneDoesNothingMore()
    {
        var node = _world.NewParty("n1");
        var done = 0;
        _world.Run(async () =>
        {
            _ = node.DoAsync(async () =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), node.Time);
                return ++done;
            });
            await Task.Delay(TimeSpan.FromSeconds(0.5), _world.Time);
            node.End();
            await Task.Delay(TimeSpan.FromSeconds(5), _world.Time);
            return 0;
        });

        done.Should().Be(0);
    }

    [Test]
    public void ATimerThatWasStoppedDoesNotFire()
    {
        var fired = 0;
        _world.Run(async () =>
        {
            var timer = _world.Time.CreateTimer(
                _ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            timer.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
            await Task.Delay(TimeSpan.FromSeconds(2), _world.Time);
            await timer.DisposeAsync();
            await Task.Delay(TimeSpan.FromSeconds(5), _world.Time);
            return 0;
        });

        fired.Should().Be(0);
    }

    [Test]
    public void AnotherThreadMayNotTakePart()
    {
        var strayed = () => _world.Run(async () =>
        {
            var (begun, ended) = (new ManualResetEventSlim(), new TaskCompletionSource());
            new Thread(() =>
            {
                begun.Wait();
                ended.SetResult();
            }).Start();
            var waiting = WaitAsync(ended.Task);
            begun.Set();
            while (!waiting.IsCompleted)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), _world.Time);
            }

            return 0;
        });

        strayed.Should().Throw<InvalidOperationException>().WithMessage("*cannot be replayed");
    }

    [Test]
    public void TheSeedDecidesWhoIsNext()
    {
        Order(1).Should().Be(Order(1)).And.NotBe(Order(2));
    }

    private static async Task WaitAsync(Task task) => await task;

    private static string Order(int seed)
    {
        var world = new World(seed);
        var order = "";
        world.Run(async () =>
        {
            foreach (var name in new[] { "a", "b", "c" })
            {
                var party = world.NewParty(name);
                for (var i = 0; i < 10; i++)
                {
                    party.Post(_ => order += name, null);
                }
            }

            await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
            return 0;
        });
        return order;
    }
}
