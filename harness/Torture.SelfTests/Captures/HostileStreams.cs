using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;

namespace Torture.SelfTests.Captures;

public sealed class HostileStreams
{
    private static readonly IPAddress Client = IPAddress.Parse("10.9.0.1");
    private static readonly IPAddress Server = IPAddress.Parse("10.9.0.2");

    [Test]
    public void EverySampleByteByByteIsReadTheSame()
    {
        foreach (var name in new[] { "bind-iflist-seal", "epm-lookup-rpcclient", "cancel-orphan" })
        {
            var whole = Read(CaptureFile.Read(Samples.Path(name)));
            var pieces = Read(CaptureFile.Read(Samples.Path(name)).SelectMany(OneByOne));

            pieces.Calls.Select(Describe).Should().Equal(whole.Calls.Select(Describe));
        }
    }

    [Test]
    public void EveryOrderOfNeighboursIsReadTheSame()
    {
        var packets = CaptureFile.Read(Samples.Path("cancel-orphan")).SelectMany(OneByOne).ToList();
        for (var i = 200; i + 2 < packets.Count; i += 3)
        {
            (packets[i], packets[i + 1]) = (packets[i + 1], packets[i]);
        }

        Read(packets).Calls.Count(c => c.Response is not null || c.Fault is not null)
            .Should().Be(
                Read(CaptureFile.Read(Samples.Path("cancel-orphan"))).Calls.Count(c => c.ResponseAt is not null));
    }

    [Test]
    public void ALostPacketCostsNoMoreThanItsOwnPdu()
    {
        var packets = CaptureFile.Read(Samples.Path("cancel-orphan")).ToList();
        var whole = Read(packets).Calls.Length;
        for (var lost = 0; lost < packets.Count; lost++)
        {
            var trace = Read(packets.Where((_, i) => i != lost));

            trace.Calls.Length.Should().BeGreaterThanOrEqualTo(whole - 1, $"without frame {lost + 1}");
        }
    }

    [Test]
    public void EverySampleCutAtEveryLengthOrFlippedAtEveryByte()
    {
        foreach (var name in new[] { "bind-iflist-spnego-seal", "force-response-resource-change-3msgs" })
        {
            var packets = CaptureFile.Read(Samples.Path(name)).ToList();
            for (var at = 0; at < 400; at++)
            {
                Read(packets.Select(p => p with { Data = p.Data[..Math.Min(at, p.Data.Length)] }));
                Read(packets.Select(p => Flip(p, at)));
            }
        }
    }

    [Test]
    public void RandomStreamsEndInNothing()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var wire = new Conversation(Client, Server);
            wire.Connect(40000, at: 0);
            for (var i = 0; i < 20; i++)
            {
                var payload = new byte[random.Next(1, 300)];
                random.NextBytes(payload);
                payload[0] = (byte)(random.Next(3) * 5 % 11);
                Plausible(payload, random);
                wire.Send(40000, random.Next(2) == 0, payload, at: i);
            }

            Read(wire.Packets);
        }
    }

    [Test]
    public void CallsThatNeverEndAreBounded()
    {
        var wire = new Conversation(Client, Server);
        wire.Connect(40000, at: 0);
        var fragment = new byte[5000];
        (fragment[0], fragment[3], fragment[4]) = (5, 0, 0x10);
        (fragment[8], fragment[9], fragment[12]) = (5000 & 0xFF, 5000 >> 8, 1);
        for (var i = 0; i < 4000; i++)
        {
            wire.Send(40000, fromClient: true, fragment, at: i);
        }

        Read(wire.Packets).Calls.Should().ContainSingle().Which.Unreadable.Should().StartWith("the stub is longer");
    }

    private static WitnessTrace Read(IEnumerable<CapturedPacket> packets) =>
        TraceBuilder.Read(packets, new TraceOptions { Keys = Samples.Keys(Samples.Password) });

    private static string Describe(ObservedCall call) =>
        $"{call.Flow} {call.CallId} {call.Interface} {call.Opnum} {Convert.ToHexString(call.RequestStub.Span)} "
        + $"{Convert.ToHexString(call.ResponseStub.Span)} {call.Fault} {call.Unreadable}";

    /// <summary>The payload of an Ethernet/IPv4/TCP packet in packets of one byte each.</summary>
    private static IEnumerable<CapturedPacket> OneByOne(CapturedPacket packet)
    {
        var data = packet.Data.ToArray();
        var header = data.Length > 54 && data[12] == 8 && data[13] == 0 && data[23] == 6
            ? 34 + ((data[46] >> 4) * 4)
            : int.MaxValue;
        var end = header == int.MaxValue ? 0 : 14 + (data[16] << 8) + data[17];
        if (end - header <= 1)
        {
            yield return packet;
            yield break;
        }

        var sequence = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(38));
        for (var i = header; i < end; i++)
        {
            byte[] piece = [.. data[..header], data[i]];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(16), (ushort)(header + 1 - 14));
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(
                piece.AsSpan(38), sequence + (uint)(i - header));
            yield return packet with { Data = piece, OriginalLength = piece.Length };
        }
    }

    private static CapturedPacket Flip(CapturedPacket packet, int at)
    {
        var data = packet.Data.ToArray();
        if (at < data.Length)
        {
            data[at] ^= 0xFF;
        }

        return packet with { Data = data };
    }

    private static void Plausible(byte[] payload, Random random)
    {
        if (payload[0] == 5 && payload.Length > 30)
        {
            payload[1] = 0;
            payload[2] = (byte)random.Next(21);
            payload[4] = 0x10;
            (payload[6], payload[7]) = (0, 0);
            (payload[8], payload[9]) = ((byte)random.Next(256), (byte)random.Next(2));
            (payload[10], payload[11]) = ((byte)random.Next(40), 0);
        }
    }
}
