using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Smb2;

namespace Torture.SelfTests.Smb2;

public sealed class Smb2Codecs
{
    private static readonly Guid Guid = new("00112233-4455-6677-8899-aabbccddeeff");

    [Test]
    public void HeaderRoundTrips()
    {
        var header = new Smb2Header(Smb2Command.ECHO, 7)
        {
            CreditCharge = 1,
            Credits = 1,
            ProcessId = 0xFEFF,
            SessionId = 0x100000000025,
        };
        var bytes = header.Frame(Smb2Body.Echo);

        Convert.ToHexStringLower(bytes).Should().Be(
            "00000044" + "fe534d42400001000000000" + "00d000100" + "0000000000000000" + "0700000000000000"
            + "fffe000000000000" + "2500000000100000" + new string('0', 32) + "04000000");
        Smb2Header.Parse(bytes.AsSpan(4)).Should().Be(header);
    }

    [Test]
    public void NegotiateRoundTrips([Values] bool contexts)
    {
        Smb2NegotiateContext[] list = contexts
            ? [Smb2NegotiateContext.PreauthIntegrity(new byte[32]), new((Smb2NegotiateContextType)8, new byte[4])]
            : [];
        Smb2Dialect[] dialects = contexts ? [Smb2Dialect.Smb302, Smb2Dialect.Smb311] : [Smb2Dialect.Smb202];
        var request = new Smb2NegotiateRequest(dialects, Guid) { Contexts = list, SecurityMode = 3, Capabilities = 8 };
        var response = new Smb2NegotiateResponse(dialects[^1], Guid, 0x01DC00000000)
        {
            Contexts = list,
            SecurityBuffer = new byte[] { 1, 2, 3 },
            Capabilities = 4,
        };

        Smb2NegotiateRequest.Parse(Message(request.Encode()))
            .Should().BeEquivalentTo(request, Compare<Smb2NegotiateRequest>);
        Smb2NegotiateResponse.Parse(Message(response.Encode()))
            .Should().BeEquivalentTo(response, Compare<Smb2NegotiateResponse>);
    }

    [Test]
    public void EveryPrefixIsRefused()
    {
        var list = (Smb2NegotiateContext[])[Smb2NegotiateContext.PreauthIntegrity(new byte[32])];
        var request = new Smb2NegotiateRequest([Smb2Dialect.Smb311], Guid) { Contexts = list }.Encode();
        var response = new Smb2NegotiateResponse(Smb2Dialect.Smb311, Guid, 1) { Contexts = list }.Encode();
        for (var length = 0; length < request.Length; length++)
        {
            var parse = () => Smb2NegotiateRequest.Parse(Message(request.AsSpan(0, length)));
            parse.Should().Throw<ProtocolException>("{0} bytes", length);
        }

        for (var length = 0; length < response.Length; length++)
        {
            var parse = () => Smb2NegotiateResponse.Parse(Message(response.AsSpan(0, length)));
            parse.Should().Throw<ProtocolException>("{0} bytes", length);
        }
    }

    private static byte[] Message(ReadOnlySpan<byte> body) =>
        new Smb2Header(Smb2Command.NEGOTIATE, 0).Frame(body).AsSpan(4).ToArray();

    private static FluentAssertions.Equivalency.EquivalencyAssertionOptions<T> Compare<T>(
        FluentAssertions.Equivalency.EquivalencyAssertionOptions<T> options) =>
        options.ComparingByMembers<T>().ComparingByMembers<Smb2NegotiateContext>()
            .Using<ReadOnlyMemory<byte>>(pair => pair.Subject.ToArray().Should().Equal(pair.Expectation.ToArray()))
            .WhenTypeIs<ReadOnlyMemory<byte>>();
}
