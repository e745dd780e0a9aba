using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Security;

/// <summary>The example of [MS-NLMP] 4.2.4 and what follows from it.</summary>
public sealed class NtlmVectors
{
    private const string Challenge = """
        4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef00000000000000002400240044000000060070170000000f
        53006500720076006500720002000c0044006f006d00610069006e0001000c0053006500720076006500720000000000
        """;

    private const string Authenticate = """
        4e544c4d5353500003000000180018006c00000054005400840000000c000c00480000000800080054000000100010005c000000
        10001000d8000000
        358288e20501280a0000000f44006f006d00610069006e00550073006500720043004f004d0050005500540045005200
        86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa68cd0ab851e51c96aabc927bebef6a1c010100000000000000000000
        00000000aaaaaaaaaaaaaaaa
        0000000002000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000c5dad2544fc97990
        94ce1ce90bc9d03e
        """;

    private static readonly byte[] SessionKey = [.. Enumerable.Repeat((byte)0x55, 16)];
    private static readonly byte[] ServerChallenge = Hex.Of("0123456789abcdef");
    private static readonly byte[] ClientChallenge = Hex.Of("aaaaaaaaaaaaaaaa");
    private static readonly NtlmFlags Flags = NtlmAuthenticate.Parse(Hex.Of(Authenticate)).Flags;

    [Test]
    public void Computations()
    {
        var pairs = AvPairs.Empty.With(AvId.MsvAvNbDomainName, "Domain").With(AvId.MsvAvNbComputerName, "Server");
        var hash = NtlmV2.NtHash("Password");
        var key = NtlmV2.ResponseKey(hash, "User", "Domain");
        var temp = NtlmV2.Temp(0, ClientChallenge, pairs);
        var proof = NtlmV2.Proof(key, ServerChallenge, temp);
        var baseKey = NtlmV2.SessionBaseKey(key, proof);

        Hex.Text(hash).Should().Be("a4f49c406510bdcab6824ee7c30fd852");
        Hex.Text(key).Should().Be("0c868a403bfd7a93a3001ef22ef02e3f");
        Hex.Text(temp).Should().Be(
            "01010000000000000000000000000000aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e00"
            + "01000c005300650072007600650072000000000000000000");
        Hex.Text(proof).Should().Be("68cd0ab851e51c96aabc927bebef6a1c");
        Hex.Text(NtlmV2.Proof(key, ServerChallenge, ClientChallenge)).Should().Be("86c35097ac9cec102554764a57cccc19");
        Hex.Text(baseKey).Should().Be("8de40ccadbc14a82f15cb0ad0de95ca3");
        Hex.Text(NtlmV2.Exchange(baseKey, SessionKey)).Should().Be("c5dad2544fc9799094ce1ce90bc9d03e");
    }

    [Test]
    public void TheUserIsUppercasedAndTheDomainIsNot()
    {
        var hash = NtlmV2.NtHash("Password");

        NtlmV2.ResponseKey(hash, "uSER", "Domain").Should().Equal(NtlmV2.ResponseKey(hash, "User", "Domain"));
        NtlmV2.ResponseKey(hash, "User", "DOMAIN").Should().NotEqual(NtlmV2.ResponseKey(hash, "User", "Domain"));
    }

    [TestCase(true, "4788dc861b4782f35d43fd98fe1a2d39", "59f600973cc4960a25480a7c196e4c58")]
    [TestCase(false, "d04d6f10741041d1d246d64188d7a8ad", "9355f3a957c1583d25c4c2f11e40390e")]
    public void Keys(bool fromClient, string sign, string seal)
    {
        Hex.Text(NtlmV2.SignKey(SessionKey, fromClient)).Should().Be(sign);
        Hex.Text(NtlmV2.SealKey(SessionKey, Flags, fromClient)).Should().Be(seal);
    }

    [Test]
    public void SealTwice()
    {
        var client = new NtlmDirection(SessionKey, Flags, fromClient: true);

        Seal(client).Should().Be("54e50165bf1936dc996020c1811b0f06fb5f 010000007fb38ec5c55d497600000000");
        Seal(client).Should().Be("64c308e09ea236e7f4232553c94a01e700fa 01000000255405955d31d8c401000000");
    }

    [Test]
    public void SealAsServer() =>
        Seal(new NtlmDirection(SessionKey, Flags, fromClient: false))
            .Should().Be("160871b730ba74e946c453d7465b54278dd0 01000000b298b847ce7c580700000000");

    [Test]
    public void SignTwice()
    {
        var client = new NtlmDirection(SessionKey, Flags, fromClient: true);

        Sign(client).Should().Be("0100000074d045342c4f1cd500000000");
        Sign(client).Should().Be("01000000e50c09993e3a33d001000000");
    }

    [Test]
    public void SignWithoutKeyExchange() =>
        Sign(new NtlmDirection(SessionKey, Flags & ~NtlmFlags.NTLMSSP_NEGOTIATE_KEY_EXCH, fromClient: true))
            .Should().Be("0100000070352851f256430900000000");

    [Test]
    public void MechListMicThenSeal()
    {
        var list = Hex.Of("300c060a2b06010401823702020a");
        var client = new NtlmDirection(SessionKey, Flags, fromClient: true);
        var server = new NtlmDirection(SessionKey, Flags, fromClient: false);
        var token = new byte[16];

        client.Sign(list, token);
        Hex.Text(token).Should().Be("0100000022a3984fefbb9c3200000000");
        server.Sign(list, token);
        Hex.Text(token).Should().Be("010000007dd6da05648a73ae00000000");
        client.RestartCipher();
        Seal(client).Should().Be("54e50165bf1936dc996020c1811b0f06fb5f 010000001deafbcced2a4ea901000000");
    }

    [Test]
    public void ExampleMessages()
    {
        var challenge = NtlmChallenge.Parse(Hex.Of(Challenge));
        var message = NtlmAuthenticate.Parse(Hex.Of(Authenticate));
        var proof = NtlmProof.Parse(message);

        challenge.TargetName.Should().Be("Server");
        challenge.ServerChallenge.ToArray().Should().Equal(ServerChallenge);
        (challenge with { Version = 0x0F00000017700006 }).Encode().Should().Equal(Hex.Of(Challenge));
        (message.DomainName, message.UserName, message.Workstation).Should().Be(("Domain", "User", "COMPUTER"));
        proof.HasMic.Should().BeFalse("offsets alone do not tell of a MIC");
        var key = proof.Open(NtlmV2.NtHash("Password"), ServerChallenge);
        NtlmProof.ExportedKey(message, key!).Should().Equal(SessionKey);
        proof.Open(NtlmV2.NtHash("password"), ServerChallenge).Should().BeNull();
    }

    /// <summary>Three PDUs of facts/ntlmssp.md 6, that another dissector opened.</summary>
    [Test]
    public void RequestsOverRpc()
    {
        var client = new NtlmDirection(SessionKey, Flags, fromClient: true);
        var observer = Observer();
        const string first = "05000003100000004000100003000000040000000000070009000000000000000000000000000000"
            + "0a060c0001000000";
        const string second = "05000003100000004000100004000000040000000000070009000000000000000000000000000000"
            + "0a060c0001000000";

        var one = SealPdu(client, first);
        var two = SealPdu(client, second);

        Hex.Text(one).Should().Be(first[..48]
            + "0de56d65de195fdcf76054c1e41b7706" + "0a060c0001000000" + "0100000026652256bd42672a00000000");
        Hex.Text(two).Should().Be(second[..48]
            + "037f34c364e0ffa25fe79a235153ac4a" + "0a060c0001000000" + "01000000016b70b53da4b17501000000");
        observer.Open(true, one.AsSpan(0, 48), 24..40, AuthenticationLevel.Privacy, one.AsSpan(48));
        observer.Open(true, two.AsSpan(0, 48), 24..40, AuthenticationLevel.Privacy, two.AsSpan(48));
        Hex.Text(one.AsSpan(0, 48)).Should().Be(first);
        Hex.Text(two.AsSpan(0, 48)).Should().Be(second);
    }

    [Test]
    public void SignedRequestOverRpc()
    {
        var pdu = Hex.Of("05000003100000004000100003000000040000000000070009000000000000000000000000000000"
            + "0a050c0001000000");

        Observer().Open(
            true, pdu, 24..40, AuthenticationLevel.Integrity, Hex.Of("01000000 98518fb1d3746065 00000000"));
    }

    private static SecurityObserver Observer() => new(new KeyLogEntry(
        AuthenticationType.Ntlmssp,
        new(System.Net.IPAddress.Loopback, 1),
        new(System.Net.IPAddress.Loopback, 2),
        DateTimeOffset.UnixEpoch,
        AuthenticationLevel.Privacy,
        SessionKey,
        (uint)Flags,
        MechListMicExchanged: false));

    private static byte[] SealPdu(NtlmDirection direction, string pdu)
    {
        byte[] whole = [.. Hex.Of(pdu), .. new byte[16]];
        direction.Seal(whole.AsSpan(0, 48), whole.AsSpan(24, 16), whole.AsSpan(48));
        return whole;
    }

    private static string Seal(NtlmDirection direction)
    {
        var data = Encoding.Unicode.GetBytes("Plaintext");
        var token = new byte[16];
        direction.Seal(data, data, token);
        return $"{Hex.Text(data)} {Hex.Text(token)}";
    }

    private static string Sign(NtlmDirection direction)
    {
        var token = new byte[16];
        direction.Sign(Encoding.Unicode.GetBytes("Plaintext"), token);
        return Hex.Text(token);
    }
}
