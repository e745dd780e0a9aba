using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Security;

public sealed class FragmentProtection
{
    [Test]
    public void EveryByteIsCovered(
        [Values(AuthenticationLevel.Integrity, AuthenticationLevel.Privacy)] AuthenticationLevel level)
    {
        var length = NtlmEnds.Fragment("some stub").Length;
        for (var at = 0; at < length + 16; at++)
        {
            var (initiator, acceptor) = NtlmEnds.Pair();
            byte[] pdu = [.. NtlmEnds.Fragment("some stub"), .. new byte[16]];
            initiator.Protect(pdu.AsSpan(0, length), 24..^8, level, true, pdu.AsSpan(length));
            pdu[at] ^= 0x10;

            var open = () => acceptor.Unprotect(pdu.AsSpan(0, length), 24..^8, level, true, pdu.AsSpan(length));

            open.Should().Throw<SecurityContextException>("byte {0} was changed", at)
                .Which.Failure.Should().Be(SecurityFailure.BadSignature);
        }
    }

    [Test]
    public void AReplayedFragmentIsRefused([Values] bool spnego)
    {
        var (initiator, acceptor) = NtlmEnds.Pair(spnego);
        var pdu = NtlmEnds.Fragment("some stub");
        var token = new byte[16];
        initiator.Protect(pdu, 24..^8, AuthenticationLevel.Integrity, true, token);
        acceptor.Unprotect(pdu, 24..^8, AuthenticationLevel.Integrity, true, token);

        var again = () => acceptor.Unprotect(pdu, 24..^8, AuthenticationLevel.Integrity, true, token);

        again.Should().Throw<SecurityContextException>().WithMessage("*sequence number*");
    }

    [Test]
    public void ATokenOfAnotherLengthIsRefused([Values(0, 15, 17)] int length)
    {
        var (initiator, acceptor) = NtlmEnds.Pair();
        var pdu = NtlmEnds.Fragment("some stub");
        initiator.Protect(pdu, 24..^8, AuthenticationLevel.Privacy, true, new byte[16]);

        var open = () => acceptor.Unprotect(pdu, 24..^8, AuthenticationLevel.Privacy, true, new byte[length]);

        open.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.BadSignature);
    }

    [Test]
    public void ProtectionAllocatesNothing()
    {
        var (initiator, acceptor) = NtlmEnds.Pair();
        var pdu = new byte[1700];
        var token = new byte[16];
        var before = 0L;
        for (var round = 0; round < 300; round++)
        {
            before = round == 200 ? GC.GetAllocatedBytesForCurrentThread() : before;
            initiator.Protect(pdu, 24..^8, AuthenticationLevel.Privacy, true, token);
            acceptor.Unprotect(pdu, 24..^8, AuthenticationLevel.Privacy, true, token);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }
}
