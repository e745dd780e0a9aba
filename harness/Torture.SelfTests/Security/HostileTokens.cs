using System.Buffers.Binary;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Security;

/// <summary>Whatever comes as a token ends in SecurityContextException or is accepted; nothing else.</summary>
public sealed class HostileTokens
{
    [Test]
    public void EveryPrefixOfEveryMessageIsRefused([Values] bool spnego)
    {
        var tokens = Tokens(spnego);
        for (var leg = 0; leg < tokens.Length; leg++)
        {
            for (var length = 1; length < tokens[leg].Length; length++)
            {
                // Old clients end NEGOTIATE after its flags.
                if (leg == 0 && !spnego && length >= 16)
                {
                    break;
                }

                var receiver = Receiver(spnego, leg, tokens);
                var step = () => receiver.Step(tokens[leg].AsSpan(0, length));

                step.Should().Throw<SecurityContextException>("leg {0}, {1} bytes", leg, length);
            }
        }
    }

    [Test]
    public void ChangedBytesNeverEscape([Values] bool spnego)
    {
        var tokens = Tokens(spnego);
        for (var leg = 0; leg < tokens.Length; leg++)
        {
            for (var at = 0; at < tokens[leg].Length; at++)
            {
                foreach (var change in (byte[])[0x01, 0x80, 0xFF])
                {
                    var token = tokens[leg].ToArray();
                    token[at] ^= change;
                    Feed(Receiver(spnego, leg, tokens), token);
                }
            }
        }
    }

    [Test]
    public void RandomTokensNeverEscape([Values] bool spnego)
    {
        var random = new Random(11);
        var tokens = Tokens(spnego);
        for (var round = 0; round < 3000; round++)
        {
            var leg = random.Next(tokens.Length);
            var token = new byte[random.Next(400)];
            random.NextBytes(token);
            var intact = Math.Min(random.Next(40), Math.Min(token.Length, tokens[leg].Length));
            tokens[leg].AsSpan(0, intact).CopyTo(token);
            Feed(Receiver(spnego, leg, tokens), token);
        }
    }

    [TestCase(12, 4, 0xFFFFFFFFu)]
    [TestCase(20, 0, 0xFFFFFFFFu)]
    [TestCase(20, 4, 0xFFFFFFF0u)]
    [TestCase(28, 4, 8u)]
    [TestCase(36, 0, 0x00010001u)]
    [TestCase(52, 0, 0x00080008u)]
    public void FieldsOutsideTheMessageAreRefused(int field, int at, uint value)
    {
        var tokens = Tokens(spnego: false);
        BinaryPrimitives.WriteUInt32LittleEndian(tokens[2].AsSpan(field + at), value);

        var step = () => Receiver(false, 2, tokens).Step(tokens[2]);

        step.Should().Throw<SecurityContextException>();
    }

    [Test]
    public void AnEndlessListOfPairsIsRefused()
    {
        var parse = () => AvPairs.Parse(Hex.Of("01000200410002000000"));

        parse.Should().Throw<SecurityContextException>().WithMessage("*end*");
    }

    [Test]
    public void AnOversizedTokenIsRefused()
    {
        using var acceptor = NtlmEnds.Acceptor();
        byte[] token = [.. new NtlmNegotiate(new NtlmInitiatorOptions().Flags).Encode(), .. new byte[70000]];

        var step = () => acceptor.Step(token);

        step.Should().Throw<SecurityContextException>().WithMessage("*70040 bytes*");
    }

    [TestCase("a180300000", TestName = "IndefiniteLengthIsRefused")]
    [TestCase("a18200053003a00100", TestName = "LongFormOfAShortLengthIsRefused")]
    [TestCase("a1033001ff00", TestName = "TrailingBytesAreRefused")]
    [TestCase("a184ffffffff", TestName = "LengthBeyondTheTokenIsRefused")]
    [TestCase("a1073005a0030a0100ff", TestName = "BytesAfterTheTokenAreRefused")]
    public void NotDer(string token)
    {
        var parse = () => NegTokenResp.Parse(Hex.Of(token));

        parse.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.InvalidToken);
    }

    [Test]
    public void ATokenTooManyIsRefused([Values] bool spnego)
    {
        var (initiator, acceptor) = NtlmEnds.Pair(spnego);

        foreach (var context in (ISecurityContext[])[initiator, acceptor])
        {
            var step = () => context.Step(Tokens(spnego)[0]);
            step.Should().Throw<SecurityContextException>().Which.Failure.Should().Be(SecurityFailure.InvalidToken);
        }
    }

    private static void Feed(ISecurityContext receiver, byte[] token)
    {
        try
        {
            receiver.Step(token);
        }
        catch (SecurityContextException refused)
        {
            refused.Citation.Should().NotBeEmpty();
        }
    }

    private static (ISecurityContext Initiator, ISecurityContext Acceptor) Ends(bool spnego) => spnego
        ? (new SpnegoInitiator(NtlmEnds.Initiator()), new SpnegoAcceptor(NtlmEnds.Acceptor()))
        : (NtlmEnds.Initiator(), NtlmEnds.Acceptor());

    /// <summary>The tokens of an exchange; the ends are deterministic, so that every exchange has the same.</summary>
    private static byte[][] Tokens(bool spnego)
    {
        var (initiator, acceptor) = Ends(spnego);
        var one = initiator.Step([]).ToArray();
        var two = acceptor.Step(one).ToArray();
        var three = initiator.Step(two).ToArray();
        return spnego ? [one, two, three, acceptor.Step(three).ToArray()] : [one, two, three];
    }

    /// <summary>The end that waits for the token of that leg.</summary>
    private static ISecurityContext Receiver(bool spnego, int leg, byte[][] tokens)
    {
        var (initiator, acceptor) = Ends(spnego);
        var fromServer = leg % 2 == 1;
        var receiver = fromServer ? initiator : acceptor;
        if (fromServer)
        {
            receiver.Step([]);
        }

        for (var before = leg % 2; before < leg; before += 2)
        {
            receiver.Step(tokens[before]);
        }

        return receiver;
    }
}
