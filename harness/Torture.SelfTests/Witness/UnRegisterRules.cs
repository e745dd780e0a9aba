using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Witness;

namespace Torture.SelfTests.Witness;

public sealed class UnRegisterRules
{
    [Test]
    public void Twice()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.Register().Context;

        caller.UnRegister(handle).Should().Be(Win32Error.ERROR_SUCCESS);
        caller.UnRegister(handle).Should().Be(Win32Error.ERROR_INVALID_PARAMETER);
        witness.Service.CountRegistrations().Should().Be(0);
    }

    [Test]
    public void ExtendedZeroesTheHandle()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.RegisterEx().Context;

        caller.UnRegisterEx(handle).Should().Be(new HandleResponse(ContextHandle.Null, Win32Error.ERROR_SUCCESS));
        caller.UnRegisterEx(handle).Status.Should().Be(Win32Error.ERROR_INVALID_PARAMETER);
        caller.UnRegisterEx(default).Status.Should().Be(Win32Error.ERROR_INVALID_PARAMETER);
    }

    [Test]
    public async Task EndsWhatIsPending()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();
        var handle = caller.Register().Context;
        var first = caller.AsyncNotify(handle);
        var second = caller.AsyncNotify(handle);

        caller.UnRegister(handle).Should().Be(Win32Error.ERROR_SUCCESS);

        (await first.Answered).Should().Be(new AsyncNotifyResult(null, Win32Error.ERROR_NOT_FOUND));
        (await second.Answered).Should().Be(new AsyncNotifyResult(null, Win32Error.ERROR_NOT_FOUND));
    }

    [Test]
    public async Task HandleOfAnotherGroupOrUserIsUnknown()
    {
        using var witness = new WitnessUnderTest();
        var owner = witness.Connect();
        var handle = owner.Register().Context;
        var stranger = witness.Connect();
        var mallory = owner.As(@"TEST\mallory");

        stranger.UnRegister(handle).Should().Be(Win32Error.ERROR_INVALID_PARAMETER);
        mallory.UnRegister(handle).Should().Be(Win32Error.ERROR_INVALID_PARAMETER);
        (await stranger.AsyncNotify(handle).Answered).Status.Should().Be(Win32Error.ERROR_NOT_FOUND);
        (await mallory.AsyncNotify(handle).Answered).Status.Should().Be(Win32Error.ERROR_NOT_FOUND);
        (await owner.AsyncNotify(handle with { Attributes = 1 }).Answered).Status
            .Should().Be(Win32Error.ERROR_NOT_FOUND);
        owner.UnRegister(handle).Should().Be(Win32Error.ERROR_SUCCESS);
    }

    [Test]
    public void RundownTakesWhatTheGroupRegistered()
    {
        using var witness = new WitnessUnderTest();
        var leaving = witness.Connect();
        leaving.Register();
        leaving.UnRegister(leaving.Register().Context);
        leaving.RegisterEx();
        var staying = witness.Connect();
        var handle = staying.Register().Context;

        leaving.Group.RunDown();

        witness.Service.ListRegistrations().Should().ContainSingle().Which.Key.Should().Be(handle.Uuid);
    }

    [Test]
    public void RegistrationOfAGroupThatHasEndedDoesNotStay()
    {
        using var witness = new WitnessUnderTest();
        var late = witness.Connect();
        late.Group.Leave().Should().BeTrue();

        late.Register();

        witness.Service.CountRegistrations().Should().Be(0);
    }
}
