using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;

namespace Torture.SelfTests.Witness;

public sealed class RegisterRules
{
    [TestCase(WitnessVersion.V1, Win32Error.ERROR_SUCCESS)]
    [TestCase(WitnessVersion.V2, Win32Error.ERROR_REVISION_MISMATCH)]
    [TestCase(0u, Win32Error.ERROR_REVISION_MISMATCH)]
    [TestCase(uint.MaxValue, Win32Error.ERROR_REVISION_MISMATCH)]
    public void VersionOfRegister(uint version, Win32Error expected)
    {
        using var witness = new WitnessUnderTest();

        var reply = witness.Connect().Register(version: version);

        reply.Status.Should().Be(expected);
        reply.Context.IsNull.Should().Be(expected != Win32Error.ERROR_SUCCESS);
    }

    [TestCase(null, "10.0.0.1", "c")]
    [TestCase("CLUSTER", null, "c")]
    [TestCase("CLUSTER", "10.0.0.1", null)]
    public void NullParameters(string? netName, string? address, string? client)
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();

        caller.Register(netName: netName, address: address, client: client)
            .Should().Be(new HandleResponse(ContextHandle.Null, Win32Error.ERROR_INVALID_PARAMETER));
        caller.RegisterEx(netName: netName, address: address, client: client)
            .Should().Be(new HandleResponse(ContextHandle.Null, Win32Error.ERROR_INVALID_PARAMETER));
    }

    [TestCase("cluster", Win32Error.ERROR_SUCCESS)]
    [TestCase("Cluster.Test", Win32Error.ERROR_SUCCESS)]
    [TestCase("ALIAS", Win32Error.ERROR_SUCCESS)]
    [TestCase("", Win32Error.ERROR_INVALID_PARAMETER)]
    [TestCase("n1", Win32Error.ERROR_INVALID_PARAMETER)]
    public void NetNames(string netName, Win32Error expected)
    {
        using var witness = new WitnessUnderTest();

        witness.Connect().Register(netName: netName).Status.Should().Be(expected);
        witness.Connect().RegisterEx(netName: netName).Status.Should().Be(expected);
    }

    [TestCase("10.0.0.2", Win32Error.ERROR_SUCCESS)]
    [TestCase("FD00:0:0:0::3", Win32Error.ERROR_SUCCESS)]
    [TestCase("fd00:0000:0000:0000:0000:0000:0000:0003", Win32Error.ERROR_SUCCESS)]
    [TestCase("fd00::4", Win32Error.ERROR_INVALID_STATE)]
    [TestCase("::ffff:10.0.0.2", Win32Error.ERROR_INVALID_STATE)]
    [TestCase("255.255.255.255", Win32Error.ERROR_INVALID_STATE)]
    [TestCase("10.0.0.02", Win32Error.ERROR_INVALID_STATE)]
    [TestCase("10.0.2", Win32Error.ERROR_INVALID_STATE)]
    [TestCase("[fd00::3]", Win32Error.ERROR_INVALID_STATE)]
    [TestCase("n2", Win32Error.ERROR_INVALID_STATE)]
    [TestCase("", Win32Error.ERROR_INVALID_STATE)]
    public void AddressesWhereAShareScalesOut(string address, Win32Error expected)
    {
        using var witness = new WitnessUnderTest();

        witness.Connect().Register(address: address).Status.Should().Be(expected);
        witness.Connect().RegisterEx(address: address, share: "scale").Status.Should().Be(expected);
        witness.Connect().RegisterEx(address: address, share: "home").Status.Should().Be(Win32Error.ERROR_SUCCESS);
        witness.Connect().RegisterEx(address: address).Status.Should().Be(Win32Error.ERROR_SUCCESS);
    }

    [Test]
    public void AnyAddressWhereNoShareScalesOut()
    {
        using var witness = new WitnessUnderTest();
        witness.Cluster.Shares = [new ShareInfo("home", ShareKind.Failover, "n1")];

        witness.Connect().Register(address: "255.255.255.255").Status.Should().Be(Win32Error.ERROR_SUCCESS);
        witness.Connect().RegisterEx(address: "x", share: "nonesuch").Status.Should().Be(Win32Error.ERROR_SUCCESS);
    }

    [Test]
    public void SharesThatCannotBeEnumerated([Values] bool failed)
    {
        using var witness = new WitnessUnderTest();
        witness.Cluster.Shares = failed ? null : [];

        witness.Connect().RegisterEx(share: "scale").Status.Should().Be(Win32Error.ERROR_INVALID_STATE);
        witness.Connect().RegisterEx().Status.Should().Be(Win32Error.ERROR_SUCCESS);
        witness.Connect().Register().Status.Should().Be(
            failed ? Win32Error.ERROR_INVALID_STATE : Win32Error.ERROR_SUCCESS);
    }

    [TestCase("SCALE", Win32Error.ERROR_SUCCESS)]
    [TestCase("nonesuch", Win32Error.ERROR_INVALID_STATE)]
    [TestCase("", Win32Error.ERROR_INVALID_STATE)]
    public void ShareNames(string share, Win32Error expected)
    {
        using var witness = new WitnessUnderTest();

        witness.Connect().RegisterEx(share: share).Status.Should().Be(expected);
    }

    [TestCase(0u, Win32Error.ERROR_SUCCESS)]
    [TestCase(1u, Win32Error.ERROR_SUCCESS)]
    [TestCase(2u, Win32Error.ERROR_INVALID_PARAMETER)]
    [TestCase(3u, Win32Error.ERROR_INVALID_PARAMETER)]
    public void FlagsOfRegisterEx(uint flags, Win32Error expected)
    {
        using var witness = new WitnessUnderTest();

        witness.Connect().RegisterEx(flags: flags).Status.Should().Be(expected);
    }

    [Test]
    public void OrderOfChecks()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();

        caller.Register(version: 7, netName: null).Status.Should().Be(Win32Error.ERROR_REVISION_MISMATCH);
        caller.Register(netName: "wrong", address: null).Status.Should().Be(Win32Error.ERROR_INVALID_PARAMETER);
        caller.Register(netName: "wrong", address: "9.9.9.9").Status.Should().Be(Win32Error.ERROR_INVALID_PARAMETER);
        caller.RegisterEx(version: 7, share: "wrong").Status.Should().Be(Win32Error.ERROR_REVISION_MISMATCH);
        caller.RegisterEx(netName: "wrong", share: "wrong").Status.Should().Be(Win32Error.ERROR_INVALID_PARAMETER);
    }

    [Test]
    public void NoMoreThanTheLimit()
    {
        using var witness = new WitnessUnderTest(new WitnessSettings { MaximumRegistrations = 2 });
        var caller = witness.Connect();
        var kept = caller.Register().Context;
        caller.Register();

        caller.Register()
            .Should().Be(new HandleResponse(ContextHandle.Null, Win32Error.ERROR_NO_SYSTEM_RESOURCES));

        caller.UnRegister(kept).Should().Be(Win32Error.ERROR_SUCCESS);
        caller.RegisterEx().Status.Should().Be(Win32Error.ERROR_SUCCESS);
    }

    [Test]
    public void SameParametersTwice()
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect();

        caller.Register().Context.Should().NotBe(caller.Register().Context);
        witness.Service.CountRegistrations().Should().Be(2);
    }

    [TestCase(null, AuthenticationType.Ntlmssp, Win32Error.ERROR_ACCESS_DENIED)]
    [TestCase("user", AuthenticationType.None, Win32Error.ERROR_NOT_AUTHENTICATED)]
    [TestCase("user", (AuthenticationType)68, Win32Error.ERROR_NOT_AUTHENTICATED)]
    [TestCase("user", AuthenticationType.Spnego, Win32Error.ERROR_SUCCESS)]
    [TestCase("user", AuthenticationType.Kerberos, Win32Error.ERROR_SUCCESS)]
    public async Task Callers(string? user, AuthenticationType type, Win32Error expected)
    {
        using var witness = new WitnessUnderTest();
        var caller = witness.Connect(user, type);

        caller.Register().Status.Should().Be(expected);
        caller.RegisterEx().Status.Should().Be(expected);
        (await caller.GetInterfaceList().Answered).Status.Should().Be(expected);
        if (expected != Win32Error.ERROR_SUCCESS)
        {
            caller.UnRegister(default).Should().Be(expected);
            (await caller.AsyncNotify(default).Answered).Status.Should().Be(expected);
        }
    }
}
