using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Security;

/// <summary>An exchange with MIC: our initiator makes exactly these bytes, our acceptor accepts them.</summary>
public sealed class NtlmMicVector
{
    private const string Negotiate = "4e544c4d5353500001000000378208e200000000280000000000000028000000000c00000000000f";

    private const string Challenge = """
        4e544c4d53535000020000000c000c003800000035828ae20123456789abcdef000000000000000030003000440000000a0063450000000f
        44006f006d00610069006e0002000c0044006f006d00610069006e0001000c00530065007200760065007200070008000090d336
        b734c30100000000
        """;

    private const string Authenticate = """
        4e544c4d5353500003000000180018007c00000096009600940000000c000c00580000000800080064000000100010006c000000
        100010002a01000035828ae2
        0a0063450000000fd2fd9a33862dff59d2be17026767909444006f006d00610069006e00550073006500720043004f004d005000
        5500540045005200
        000000000000000000000000000000000000000000000000d50ef77b57e53eaf3f5b11d6f4bbde6d01010000000000000090d336
        b734c301aaaaaaaaaaaaaaaa00000000
        02000c0044006f006d00610069006e00 01000c00530065007200760065007200 070008000090d336b734c301 0600040002000000
        0900160068006f00730074002f007300650072007600650072000a00100000000000000000000000000000000000000000000000
        0000433084abe3c198795519a877ded445e9
        """;

    private static readonly byte[] SessionKey = [.. Enumerable.Repeat((byte)0x55, 16)];

    [Test]
    public void Computations()
    {
        var message = NtlmAuthenticate.Parse(Hex.Of(Authenticate));
        var proof = NtlmProof.Parse(message);
        var key = proof.Open(NtlmV2.NtHash("Password"), Hex.Of("0123456789abcdef"));

        Hex.Text(message.NtResponse.Span[..16]).Should().Be("d50ef77b57e53eaf3f5b11d6f4bbde6d");
        Hex.Text(key).Should().Be("3c185503698ccaceeadcede25e20f9a8");
        proof.HasMic.Should().BeTrue();
        NtlmProof.ExportedKey(message, key!).Should().Equal(SessionKey);
        Hex.Text(NtlmV2.Mic(SessionKey, Hex.Of(Negotiate), Hex.Of(Challenge), Hex.Of(Authenticate)))
            .Should().Be("d2fd9a33862dff59d2be170267679094");
    }

    [Test]
    public void MessagesRoundTrip()
    {
        var message = NtlmAuthenticate.Parse(Hex.Of(Authenticate));
        var encoded = message.Encode();
        Hex.Of("d2fd9a33862dff59d2be170267679094").CopyTo(encoded, 72);

        NtlmNegotiate.Parse(Hex.Of(Negotiate)).Encode().Should().Equal(Hex.Of(Negotiate));
        NtlmChallenge.Parse(Hex.Of(Challenge)).Encode().Should().Equal(Hex.Of(Challenge));
        encoded.Should().Equal(Hex.Of(Authenticate));
    }

    [Test]
    public void InitiatorMakesTheResponse()
    {
        var values = new Queue<byte>([0xAA, 0x55]);
        var initiator = new NtlmInitiator(
            new NtlmCredential("User", "Password", "Domain", "COMPUTER"),
            TimeProvider.System,
            destination => destination.Fill(values.Dequeue()),
            new NtlmInitiatorOptions { TargetName = "host/server" });
        initiator.Step([]);

        var token = initiator.Step(Hex.Of(Challenge)).ToArray();

        var message = NtlmAuthenticate.Parse(token);
        var expected = NtlmAuthenticate.Parse(Hex.Of(Authenticate));
        message.NtResponse.ToArray().Should().Equal(expected.NtResponse.ToArray());
        message.LmResponse.ToArray().Should().Equal(new byte[24]);
        message.EncryptedRandomSessionKey.ToArray().Should().Equal(expected.EncryptedRandomSessionKey.ToArray());
        initiator.SessionKey.ToArray().Should().Equal(SessionKey);
        var negotiate = new NtlmNegotiate(new NtlmInitiatorOptions().Flags).Encode();
        token.AsSpan(72, 16).ToArray().Should().Equal(NtlmV2.Mic(SessionKey, negotiate, Hex.Of(Challenge), token));
    }
}
