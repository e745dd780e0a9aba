using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Witness;
using static Torture.SelfTests.Witness.WitnessUnderTest;

namespace Torture.SelfTests.Witness;

public sealed class TimerRules
{
    [Test]
    public async Task KeepAliveIsNeverEarlyAndAtMostOneSweepLate()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx(keepAlive: 6).Context;
        witness.Time.Advance(Sweep / 2);
        var pending = caller.AsyncNotify(handle);

        witness.Time.Advance(TimeSpan.FromSeconds(6));
        witness.PendingCalls.Should().Be(1);
        witness.Time.Advance(Sweep);

        (await pending.Answered).Should().Be(new AsyncNotifyResult(null, Win32Error.ERROR_TIMEOUT));
        caller.UnRegister(handle).Should().Be(Win32Error.ERROR_SUCCESS);
    }

    [Test]
    public void AtTheExactLimitItIsNotPast()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx(keepAlive: 6).Context;
        caller.AsyncNotify(handle);

        // The sweep of second 6 runs at the very moment when the time has passed, not earlier.
        witness.Time.Advance(TimeSpan.FromSeconds(6));
        witness.PendingCalls.Should().Be(1);
        witness.Time.Advance(Sweep);
        witness.PendingCalls.Should().Be(0);
    }

    [Test]
    public async Task KeepAliveZeroIsTimeoutAtTheNextSweep()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var pending = caller.AsyncNotify(caller.RegisterEx(keepAlive: 0).Context);

        witness.Time.Advance(Sweep);

        (await pending.Answered).Status.Should().Be(Win32Error.ERROR_TIMEOUT);
    }

    [Test]
    public void LargestKeepAlive()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        caller.AsyncNotify(caller.RegisterEx(keepAlive: uint.MaxValue).Context);

        witness.Time.Advance(TimeSpan.FromHours(1));

        witness.PendingCalls.Should().Be(1);
    }

    [Test]
    public void Version1IsPolledForever()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        caller.AsyncNotify(caller.Register().Context);

        witness.Time.Advance(TimeSpan.FromHours(1));

        witness.PendingCalls.Should().Be(1);
    }

    [Test]
    public async Task EachOfSeveralCallsHasItsOwnTime()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx(keepAlive: 6).Context;
        var first = caller.AsyncNotify(handle);
        witness.Time.Advance(TimeSpan.FromSeconds(4));
        var second = caller.AsyncNotify(handle);

        witness.Time.Advance(TimeSpan.FromSeconds(3));
        (await first.Answered).Status.Should().Be(Win32Error.ERROR_TIMEOUT);
        witness.PendingCalls.Should().Be(1);
        witness.Time.Advance(TimeSpan.FromSeconds(4));
        (await second.Answered).Status.Should().Be(Win32Error.ERROR_TIMEOUT);
    }

    [Test]
    public void UnusedAtTheLimitStaysAndGoesAtTheNextSweep([Values] bool version1)
    {
        using var witness = new WitnessUnderTest();
        _ = version1 ? witness.Connect().Register() : witness.Connect().RegisterEx();

        witness.Time.Advance(Unused);
        witness.Service.CountRegistrations().Should().Be(1);
        witness.Time.Advance(Sweep);

        witness.Service.CountRegistrations().Should().Be(0);
        witness.Log.Should().ContainSingle().Which.Should().Contain("unused");
    }

    [Test]
    public async Task UnknownOnceReaped()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx().Context;
        witness.Time.Advance(Unused + Sweep);

        (await caller.AsyncNotify(handle).Answered).Status.Should().Be(Win32Error.ERROR_NOT_FOUND);
        caller.UnRegister(handle).Should().Be(Win32Error.ERROR_INVALID_PARAMETER);
    }

    [Test]
    public async Task PollingKeepsItAndSoDoesAPendingCall()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx(keepAlive: 1).Context;
        for (var poll = 0; poll < 5; poll++)
        {
            witness.Time.Advance(Unused);
            var pending = caller.AsyncNotify(handle);
            witness.Time.Advance(2 * Sweep);
            (await pending.Answered).Status.Should().Be(Win32Error.ERROR_TIMEOUT);
        }

        var waiting = caller.RegisterEx(keepAlive: 3600).Context;
        caller.AsyncNotify(waiting);
        witness.Time.Advance(3 * Unused);
        witness.Service.ListRegistrations().Should().ContainSingle().Which.Key.Should().Be(waiting.Uuid);
    }

    [Test]
    public async Task AnswerStartsTheUnusedTimeAgain()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx(keepAlive: 3600).Context;
        var pending = caller.AsyncNotify(handle);
        witness.Time.Advance(2 * Unused);
        witness.Service.MoveClient("client", "n2");
        (await pending.Answered).Status.Should().Be(Win32Error.ERROR_SUCCESS);

        witness.Time.Advance(Unused);
        witness.Service.CountRegistrations().Should().Be(1);
        witness.Time.Advance(Sweep);
        witness.Service.CountRegistrations().Should().Be(0);
    }
}
