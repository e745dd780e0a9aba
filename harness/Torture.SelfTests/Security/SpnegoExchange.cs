using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Security;

public sealed class SpnegoExchange
{
    [Test]
    public void FourTokensAndThenBothTalk()
    {
        using var initiator = new SpnegoInitiator(NtlmEnds.Initiator());
        using var acceptor = new SpnegoAcceptor(NtlmEnds.Acceptor());

        NtlmEnds.Establish(initiator, acceptor).Should().Be(4);

        acceptor.PeerName.Should().Be(@"SWNCLUSTER\swn");
        acceptor.SessionKey.ToArray().Should().Equal(initiator.SessionKey.ToArray()).And.HaveCount(16);
        (initiator.MechListMicExchanged, acceptor.MechListMicExchanged).Should().Be((true, true));
        NtlmEnds.Send(initiator, acceptor, "hello").Should().Be("hello");
        NtlmEnds.Send(acceptor, initiator, "back").Should().Be("back");
    }

    [Test]
    public void TokensHaveTheFramesOfARealExchange()
    {
        using var initiator = new SpnegoInitiator(NtlmEnds.Initiator());
        using var acceptor = new SpnegoAcceptor(NtlmEnds.Acceptor());

        var first = initiator.Step([]).ToArray();
        var last = acceptor.Step(initiator.Step(acceptor.Step(first).Span).Span).ToArray();

        Hex.Text(first).Should().StartWith(
            "604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa22a04284e544c4d53535000")
            .And.HaveLength(2 * 74);
        Hex.Text(last).Should().StartWith("a11b3019a0030a0100a312041001000000").And.HaveLength(2 * 29);
    }

    [Test]
    public void TheSequenceGoesOnAndTheCipherBeginsAnew()
    {
        var (initiator, acceptor) = NtlmEnds.Pair(spnego: true);
        var pdu = NtlmEnds.Fragment("some stub");
        var token = new byte[16];

        initiator.Protect(pdu, 24..^8, AuthenticationLevel.Privacy, true, token);

        token[12].Should().Be(1);
        var observer = new SecurityObserver(KeyLogEntry.Of(
            acceptor, new(1, 1), new(2, 2), DateTimeOffset.UnixEpoch, AuthenticationLevel.Privacy));
        observer.Open(true, pdu, 24..^8, AuthenticationLevel.Privacy, token);
        pdu.Should().Equal(NtlmEnds.Fragment("some stub"));
    }

    [Test]
    public void WithoutAMicTheSequenceBeginsAtZero()
    {
        using var initiator = new SpnegoInitiator(NtlmEnds.Initiator(options: new() { SendMic = false }));
        using var acceptor = new SpnegoAcceptor(NtlmEnds.Acceptor());
        NtlmEnds.Establish(initiator, acceptor);
        var token = new byte[16];
        initiator.Protect(NtlmEnds.Fragment("x"), 24..^8, AuthenticationLevel.Integrity, true, token);

        token[12].Should().Be(0);
        acceptor.MechListMicExchanged.Should().BeFalse();
    }

    [Test]
    public void AnotherMechanismThanTheFirstIsTaken()
    {
        using var initiator = new SpnegoInitiator(new Unknown(), NtlmEnds.Initiator());
        using var acceptor = new SpnegoAcceptor(NtlmEnds.Acceptor());

        NtlmEnds.Establish(initiator, acceptor).Should().Be(6);

        acceptor.MechListMicExchanged.Should().BeTrue();
        NtlmEnds.Send(initiator, acceptor, "hello").Should().Be("hello");
    }

    [Test]
    public void NoMechanismInCommonIsRefused()
    {
        var step = () => NtlmEnds.Establish(
            new SpnegoInitiator(new Unknown()), new SpnegoAcceptor(NtlmEnds.Acceptor()));

        step.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.Unsupported);
    }

    [Test]
    public void AChangedMechListMicIsRefused([Values] bool byClient)
    {
        using var initiator = new SpnegoInitiator(NtlmEnds.Initiator());
        using var acceptor = new SpnegoAcceptor(NtlmEnds.Acceptor());
        var third = initiator.Step(acceptor.Step(initiator.Step([]).Span).Span).ToArray();
        third[^5] ^= (byte)(byClient ? 1 : 0);

        var end = () =>
        {
            var fourth = acceptor.Step(third).ToArray();
            fourth[^5] ^= 1;
            initiator.Step(fourth);
        };

        end.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.BadSignature);
        acceptor.IsEstablished.Should().Be(!byClient);
        initiator.IsEstablished.Should().BeFalse();
    }

    [Test]
    public void AnUnsignedAnswerToASignedListIsRefused()
    {
        using var initiator = new SpnegoInitiator(NtlmEnds.Initiator());
        using var acceptor = new SpnegoAcceptor(NtlmEnds.Acceptor());
        initiator.Step(acceptor.Step(initiator.Step([]).Span).Span);

        var end = () => initiator.Step(new NegTokenResp(NegState.AcceptCompleted).Encode());

        end.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.BadSignature);
    }

    [Test]
    public void AWrongPasswordIsDenied()
    {
        var step = () => NtlmEnds.Establish(
            new SpnegoInitiator(NtlmEnds.Initiator(password: "wrong")), new SpnegoAcceptor(NtlmEnds.Acceptor()));

        step.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.LogonDenied);
    }

    /// <summary>A mechanism that the acceptor does not know.</summary>
    private sealed class Unknown : ISpnegoMechanism
    {
        public string Oid => SpnegoOid.Kerberos;

        public bool RequiresMechListMic => false;

        public AuthenticationType Type => AuthenticationType.Kerberos;

        public bool IsEstablished => false;

        public string? PeerName => null;

        public ReadOnlyMemory<byte> SessionKey => default;

        public ReadOnlyMemory<byte> Step(ReadOnlySpan<byte> token) => new byte[] { 1, 2, 3 };

        public int TokenSize(AuthenticationLevel level) => 0;

        public void Protect(Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, Span<byte> token)
        {
        }

        public void Unprotect(
            Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, ReadOnlySpan<byte> token)
        {
        }

        public byte[] Sign(ReadOnlySpan<byte> message) => [];

        public void Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> token)
        {
        }

        public void OnMechListMicExchanged()
        {
        }

        public void Dispose()
        {
        }
    }
}
