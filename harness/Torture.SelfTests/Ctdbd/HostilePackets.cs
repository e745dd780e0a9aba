using FluentAssertions;
using NUnit.Framework;
using Torture.Fixtures;
using Torture.Protocol;
using Torture.Protocol.Ctdb;

namespace Torture.SelfTests.Ctdbd;

/// <summary>Whatever comes from a socket is read, or refused with where and why.</summary>
public sealed class HostilePackets
{
    private static readonly byte[] NodeMapReply = CtdbTranscript.Of("GET_NODEMAP").Packet.ToArray();

    private static readonly Action<byte[]>[] Decoders =
    [
        data => CtdbCodec.DecodeNumber(data), data => CtdbCodec.DecodeNodeMap(data),
        data => CtdbCodec.DecodePublicAddresses(data), data => CtdbCodec.DecodePublicAddress(data),
        data => CtdbCodec.DecodePublicAddressInfo(data), data => CtdbCodec.DecodeInterfaces(data),
        data => CtdbCodec.DecodeVnnMap(data), data => CtdbCodec.DecodeConnection(data),
        data => CtdbCodec.DecodeTickleList(data), data => CtdbCodec.DecodeAddressText(data),
        data => CtdbCodec.DecodeBan(data),
    ];

    [TestCase(0, 31u, "length 31", 0)]
    [TestCase(0, 0x7FFF_FFFFu, "length 2147483647", 0)]
    [TestCase(4, 0x4254_4443u, "no CTDB daemon", 4)]
    [TestCase(8, 2u, "protocol version 2", 8)]
    [TestCase(16, 9u, "CTDB_REQ_KEEPALIVE is neither", 16)]
    [TestCase(16, 77u, "operation 77 is neither", 16)]
    [TestCase(36, 0xFFFF_FFFFu, "4294967295 bytes are announced", 44)]
    [TestCase(36, 0x6Eu, "", null)]
    [TestCase(36, 0x60u, "left over", 140)]
    [TestCase(40, 0x7FFF_FFFFu, "2147483647 bytes are announced", 156)]
    public void OneWrongFieldIsNamed(int at, uint value, string why, int? offset)
    {
        var packet = NodeMapReply.ToArray();
        BitConverter.TryWriteBytes(packet.AsSpan(at), value);
        var decoding = FluentActions.Invoking(() => CtdbCodec.Decode(packet));
        if (offset is null)
        {
            decoding.Should().NotThrow("up to seven bytes are padding");
            return;
        }

        decoding.Should().Throw<ProtocolException>().WithMessage($"*{why}*").Which.Offset.Should().Be(offset);
    }

    [Test]
    public void CountsAreHeldAgainstTheBytes()
    {
        byte[] many = [0xFF, 0xFF, 0xFF, 0x7F, .. new byte[64]];

        foreach (var decode in new Action[]
        {
            () => CtdbCodec.DecodeNodeMap(many), () => CtdbCodec.DecodePublicAddresses(many),
            () => CtdbCodec.DecodeInterfaces(many), () => CtdbCodec.DecodeVnnMap([0, 0, 0, 0, .. many]),
        })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            decode.Should().Throw<ProtocolException>().WithMessage("*2147483647 elements of * are announced*");
            (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20);
        }
    }

    [TestCase("")]
    [TestCase("10.0.0.1")]
    [TestCase("10.0.0.1\0\0")]
    [TestCase("\0")]
    [TestCase("1\0")]
    [TestCase("10.0.0.256\0")]
    [TestCase("node one\0")]
    public void TextThatIsNoAddressIsRefused(string text) =>
        FluentActions.Invoking(() => CtdbCodec.DecodeAddressText(System.Text.Encoding.Latin1.GetBytes(text)))
            .Should().Throw<ProtocolException>();

    [Test]
    public void UnknownFamiliesAreRefused()
    {
        var data = CtdbTranscript.Of("GET_NODEMAP").Data.ToArray();
        data[12 + 36] = 3;

        FluentActions.Invoking(() => CtdbCodec.DecodeNodeMap(data))
            .Should().Throw<ProtocolException>().WithMessage("*address family 3*").Which.Offset.Should().Be(48);
    }

    [Test]
    public void NoMutationDoesHarm()
    {
        var random = new Random(20_260_807);
        foreach (var transcript in CtdbTranscript.All)
        {
            for (var round = 0; round < 150; round++)
            {
                Survives(() => CtdbCodec.Decode(Mutate(transcript.Packet, random)));
                var data = Mutate(transcript.Data, random);
                foreach (var decode in Decoders)
                {
                    Survives(() => decode(data));
                }
            }
        }
    }

    private static void Survives(Action decode)
    {
        try
        {
            decode();
        }
        catch (ProtocolException refused)
        {
            if (refused.Offset is null || refused.Message.Contains('\n'))
            {
                Assert.Fail($"not one line with an offset: {refused.Message}");
            }
        }
    }

    private static byte[] Mutate(ReadOnlyMemory<byte> bytes, Random random)
    {
        var mutated = bytes.ToArray().ToList();
        for (var change = random.Next(1, 5); change > 0 && mutated.Count > 0; change--)
        {
            var at = random.Next(mutated.Count);
            switch (random.Next(4))
            {
                case 0:
                    mutated.RemoveAt(at);
                    break;
                case 1:
                    mutated.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    mutated[at] = random.Next(2) == 0 ? (byte)0xFF : (byte)0;
                    break;
                default:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. mutated];
    }
}
