using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Security;

public sealed class NtlmExchange
{
    [Test]
    public void ThreeMessagesAndThenBothTalk()
    {
        using var initiator = NtlmEnds.Initiator(domain: "ANY");
        using var acceptor = NtlmEnds.Acceptor();

        NtlmEnds.Establish(initiator, acceptor).Should().Be(3);

        acceptor.PeerName.Should().Be(@"SWNCLUSTER\swn");
        initiator.PeerName.Should().BeNull();
        initiator.SessionKey.ToArray().Should().Equal(acceptor.SessionKey.ToArray());
        initiator.Flags.Should().Be(acceptor.Flags);
        foreach (var level in (AuthenticationLevel[])[AuthenticationLevel.Integrity, AuthenticationLevel.Privacy,
            AuthenticationLevel.Packet, AuthenticationLevel.Call, AuthenticationLevel.Connect])
        {
            NtlmEnds.Send(initiator, acceptor, $"hello at {level}", level).Should().Be($"hello at {level}");
            NtlmEnds.Send(acceptor, initiator, $"back at {level}", level).Should().Be($"back at {level}");
        }
    }

    [TestCase("swn", "wrong", "")]
    [TestCase("nobody", NtlmEnds.Password, "")]
    [TestCase("gone", NtlmEnds.Password, "")]
    [TestCase("second", "another one", "ELSEWHERE")]
    public void IsRefused(string user, string password, string domain)
    {
        using var initiator = NtlmEnds.Initiator(user, password, domain);
        using var acceptor = NtlmEnds.Acceptor();

        var establish = () => NtlmEnds.Establish(initiator, acceptor);

        establish.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.LogonDenied);
        acceptor.IsEstablished.Should().BeFalse();
        acceptor.PeerName.Should().BeNull();
    }

    [Test]
    public void ADomainIsComparedWithoutItsCase()
    {
        using var acceptor = NtlmEnds.Acceptor();

        NtlmEnds.Establish(NtlmEnds.Initiator("SECOND", "another one", "swntest"), acceptor);

        acceptor.PeerName.Should().Be(@"SWNTEST\second");
    }

    [Test]
    public void NobodyIsRefusedUnlessAllowed([Values] bool allowed)
    {
        using var initiator = new NtlmInitiator(NtlmCredential.Anonymous, NtlmEnds.Clock, new Random(1).NextBytes);
        using var acceptor = NtlmEnds.Acceptor(new() { AllowAnonymous = allowed });

        var establish = () => NtlmEnds.Establish(initiator, acceptor);

        if (!allowed)
        {
            establish.Should().Throw<SecurityContextException>()
                .Which.Failure.Should().Be(SecurityFailure.LogonDenied);
            return;
        }

        establish();
        acceptor.PeerName.Should().BeNull();
        NtlmEnds.Send(initiator, acceptor, "hello").Should().Be("hello");
    }

    [Test]
    public void AWrongMicIsRefused([Range(0, 15)] int at)
    {
        using var initiator = NtlmEnds.Initiator();
        using var acceptor = NtlmEnds.Acceptor();
        var challenge = acceptor.Step(initiator.Step([]).Span);
        var token = initiator.Step(challenge.Span).ToArray();
        token[NtlmAuthenticate.MicOffset + at] ^= 1;

        var accept = () => acceptor.Step(token);

        accept.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.LogonDenied);
    }

    [Test]
    public void AMicIsOptional()
    {
        using var acceptor = NtlmEnds.Acceptor();

        NtlmEnds.Establish(NtlmEnds.Initiator(options: new() { SendMic = false }), acceptor);

        acceptor.IsEstablished.Should().BeTrue();
    }

    [Test]
    public void AResponseMadeWithoutADomainIsAcceptedToo()
    {
        using var initiator = NtlmEnds.Initiator(options: new() { SendMic = false });
        using var acceptor = NtlmEnds.Acceptor();
        var token = initiator.Step(acceptor.Step(initiator.Step([]).Span).Span);
        var message = NtlmAuthenticate.Parse(token.Span) with { DomainName = "TOLD AFTERWARDS" };

        acceptor.Step(message.Encode());

        acceptor.IsEstablished.Should().BeTrue();
    }

    [Test]
    public void NamesMayBeOemText()
    {
        var options = new NtlmInitiatorOptions();
        using var initiator = NtlmEnds.Initiator(options: options with
        {
            Flags = (options.Flags & ~NtlmFlags.NTLMSSP_NEGOTIATE_UNICODE) | NtlmFlags.NTLM_NEGOTIATE_OEM,
        });
        using var acceptor = NtlmEnds.Acceptor();

        NtlmEnds.Establish(initiator, acceptor);

        acceptor.PeerName.Should().Be(@"SWNCLUSTER\swn");
    }

    [Test]
    public void AnOldResponseIsRefused()
    {
        var later = new StandingClock(NtlmEnds.Clock.GetUtcNow() + TimeSpan.FromHours(37));
        using var initiator = NtlmEnds.Initiator();
        using var early = NtlmEnds.Acceptor();
        using var late = new NtlmAcceptor(NtlmEnds.Accounts, "SWNCLUSTER", later, new Random(2).NextBytes);
        var negotiate = initiator.Step([]);
        late.Step(negotiate.Span);

        var accept = () => late.Step(initiator.Step(early.Step(negotiate.Span).Span).Span);

        accept.Should().Throw<SecurityContextException>().WithMessage("*old*");
    }

    [TestCase(NtlmFlags.NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY)]
    [TestCase(NtlmFlags.NTLMSSP_NEGOTIATE_128)]
    [TestCase(NtlmFlags.NTLMSSP_NEGOTIATE_KEY_EXCH)]
    public void AWeakClientIsRefused(NtlmFlags missing)
    {
        var options = new NtlmInitiatorOptions();
        using var initiator = NtlmEnds.Initiator(options: options with { Flags = options.Flags & ~missing });
        using var acceptor = NtlmEnds.Acceptor();

        var establish = () => NtlmEnds.Establish(initiator, acceptor);

        establish.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.Unsupported);
    }

    [Test]
    public void AWeakServerIsRefused()
    {
        var strong = new NtlmAcceptorOptions();
        using var acceptor = NtlmEnds.Acceptor(new()
        {
            Required = 0,
            Supported = strong.Supported & ~NtlmFlags.NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY,
        });

        var establish = () => NtlmEnds.Establish(NtlmEnds.Initiator(), acceptor);

        establish.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.Unsupported);
    }

    [Test]
    public void FlagsBeyondTheChallengeAreRefused()
    {
        var options = new NtlmInitiatorOptions();
        using var initiator = NtlmEnds.Initiator(
            options: options with { Flags = options.Flags & ~NtlmFlags.NTLMSSP_NEGOTIATE_SEAL });
        using var acceptor = NtlmEnds.Acceptor();
        var token = initiator.Step(acceptor.Step(initiator.Step([]).Span).Span).ToArray();
        token[60] |= (byte)NtlmFlags.NTLMSSP_NEGOTIATE_SEAL;

        var accept = () => acceptor.Step(token);

        accept.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.InvalidToken);
    }

    [Test]
    public void PrivacyNeedsSealing()
    {
        var options = new NtlmInitiatorOptions();
        using var initiator = NtlmEnds.Initiator(
            options: options with { Flags = options.Flags & ~NtlmFlags.NTLMSSP_NEGOTIATE_SEAL });
        using var acceptor = NtlmEnds.Acceptor();
        NtlmEnds.Establish(initiator, acceptor);

        var seal = () => NtlmEnds.Send(initiator, acceptor, "hello");

        NtlmEnds.Send(initiator, acceptor, "hello", AuthenticationLevel.Integrity).Should().Be("hello");
        seal.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.Unsupported);
    }

    [Test]
    public void NothingIsProtectedBeforeThereIsAKey()
    {
        using var acceptor = NtlmEnds.Acceptor();

        var send = () => NtlmEnds.Send(acceptor, acceptor, "hello");

        send.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.Unsupported);
    }

    [Test]
    public void PasswordsAreNotTold()
    {
        var told = $"{new NtlmCredential("swn", NtlmEnds.Password, "D")} {NtlmAccount.FromPassword("swn", "x1y2z3")}";

        told.Should().Be(@"D\swn \swn");
    }
}
