using System.Buffers.Binary;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;

namespace Torture.SelfTests.Captures;

public sealed class CaptureFiles
{
    private static readonly CapturedPacket[] Two =
    [
        new(1, 1_795_226_860_197_881_123, LinkType.Ethernet, new byte[] { 1, 2, 3, 4, 5 }, 5, 0, "a marker\nand more"),
        new(2, 1_795_226_860_197_882_456, LinkType.Ethernet, new byte[] { 6, 7, 8 }, 900),
    ];

    [TestCaseSource(typeof(Samples), nameof(Samples.Names))]
    public void EverySampleIsReadWhole(string name)
    {
        var warnings = new List<string>();

        var packets = CaptureFile.Read(Samples.Path(name), warnings.Add).ToList();

        warnings.Should().BeEmpty();
        packets.Should().NotBeEmpty();
        packets.Select(p => p.Number).Should().Equal(Enumerable.Range(1, packets.Count).Select(n => (long)n));
        var expected = new FileInfo(Samples.Path(name)).Length - 24;
        packets.Sum(p => p.Data.Length + 16L).Should().Be(expected);
        packets.Should().OnlyContain(p => p.Link == LinkType.Ethernet && p.Data.Length == p.OriginalLength);
    }

    [Test]
    public void PcapngGivesBackWhatWasWritten()
    {
        var packets = Read(Pcapng(Two)).ToList();

        Equal(packets, Two);
    }

    [Test]
    public void PcapGivesBackWhatWasWritten()
    {
        using var file = new MemoryStream();
        var writer = new PcapWriter(file, LinkType.Ethernet);
        Two.ToList().ForEach(writer.Write);

        Equal(Read(file.ToArray()), Two.Select(p => p with { Comment = null }));
    }

    [TestCase(false, 1000, 16, 0xA1B2C3D4u)]
    [TestCase(true, 1000, 16, 0xA1B2C3D4u)]
    [TestCase(false, 1, 16, 0xA1B23C4Du)]
    [TestCase(true, 1, 16, 0xA1B23C4Du)]
    [TestCase(false, 1000, 24, 0xA1B2CD34u)]
    [TestCase(true, 1000, 24, 0xA1B2CD34u)]
    public void EveryMagicOfPcap(bool bigEndian, int unit, int recordHeader, uint magic)
    {
        byte[] file =
        [
            .. U32(magic, bigEndian), .. U16(2, bigEndian), .. U16(4, bigEndian), .. new byte[8],
            .. U32(65535, bigEndian), .. U32(0x1400_0065, bigEndian),
            .. U32(0xF000_0001, bigEndian), .. U32(999, bigEndian), .. U32(3, bigEndian), .. U32(70, bigEndian),
            .. new byte[recordHeader - 16], 0x45, 1, 2,
        ];

        var packet = Read(file).Should().ContainSingle().Subject;

        packet.TimeNanoseconds.Should().Be((0xF000_0001L * 1_000_000_000) + (999 * unit));
        packet.Link.Should().Be(LinkType.Raw);
        packet.OriginalLength.Should().Be(70);
        packet.Data.ToArray().Should().Equal(0x45, 1, 2);
    }

    [TestCase((byte)0, 5UL, 5_000_000_000)]
    [TestCase((byte)6, 5UL, 5_000)]
    [TestCase((byte)9, 5UL, 5)]
    [TestCase((byte)12, 5_999UL, 5)]
    [TestCase((byte)0x8A, 1024UL, 1_000_000_000)]
    [TestCase((byte)0x81, 3UL, 1_500_000_000)]
    public void ResolutionsOfPcapng(byte resolution, ulong units, long nanoseconds)
    {
        foreach (var bigEndian in new[] { false, true })
        {
            byte[] file =
            [
                .. Section(bigEndian),
                .. Block(1, bigEndian, [.. Interface(bigEndian), .. U16(9, bigEndian), .. U16(1, bigEndian),
                    resolution, 0, 0, 0, .. U16(14, bigEndian), .. U16(8, bigEndian), .. I64(2, bigEndian)]),
                .. Enhanced(bigEndian, units, [1, 2, 3]),
            ];

            Read(file).Should().ContainSingle().Which.TimeNanoseconds.Should().Be(nanoseconds + 2_000_000_000);
        }
    }

    [Test]
    public void SectionsSimplePacketsOldPacketsAndUnknownBlocks()
    {
        byte[] old = [.. U16(0, true), .. U16(7, true), .. U32(0, true), .. U32(9, true), .. U32(1, true),
            .. U32(1, true), 0xAA, 0, 0, 0];
        byte[] file =
        [
            .. Section(false), .. Block(1, false, Interface(false)), .. Block(0x0BAD, false, new byte[64]),
            .. Enhanced(false, 77, [1, 2, 3]), .. Block(3, false, [.. U32(2, false), 8, 9, 0, 0]),
            .. Section(true), .. Block(1, true, Interface(true)), .. Block(2, true, old),
        ];

        var packets = Read(file).ToList();

        packets.Select(p => Convert.ToHexString(p.Data.Span)).Should().Equal("010203", "0809", "AA");
        packets.Select(p => p.TimeNanoseconds).Should().Equal(77_000, 77_000, 9_000);
    }

    [Test]
    public void EveryPrefixGivesWhatIsWholeOrOneClearError()
    {
        foreach (var file in new[] { Pcapng(Two), File.ReadAllBytes(Samples.Path("bind-iflist-connect")) })
        {
            for (var length = 0; length < file.Length; length++)
            {
                ReadOrRefuse(file[..length]);
            }
        }
    }

    [Test]
    public void NoByteFlippedDoesMoreThanOneClearError()
    {
        foreach (var file in new[] { Pcapng(Two), File.ReadAllBytes(Samples.Path("bind-iflist-connect"))[..800] })
        {
            for (var at = 0; at < file.Length; at++)
            {
                foreach (var value in new byte[] { 0x00, 0x7F, 0x80, 0xFF })
                {
                    var hostile = file.ToArray();
                    hostile[at] = value;
                    ReadOrRefuse(hostile);
                }
            }
        }
    }

    [Test]
    public void HugeLengthsCostNoMemory()
    {
        byte[] pcap = [.. Pcap(), .. new byte[8], 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F];
        byte[] pcapng = [.. Section(false), 6, 0, 0, 0, 0xF0, 0xFF, 0xFF, 0xFF];
        var before = GC.GetAllocatedBytesForCurrentThread();

        ((Action)(() => Read(pcap).Count())).Should().Throw<CaptureException>()
            .WithMessage("*claims 2147483647 bytes*");
        ((Action)(() => Read(pcapng).Count())).Should().Throw<CaptureException>().WithMessage("*limit*");

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(2 << 20);
    }

    [Test]
    public void WhatIsNoCaptureIsNamed()
    {
        ((Action)(() => Read("#!/bin/sh"u8.ToArray()).Count())).Should().Throw<CaptureException>()
            .WithMessage("not a capture: it starts with 23212F62*");
        ((Action)(() => CaptureFile.Read("/nowhere/x.pcap").Count())).Should().Throw<CaptureException>()
            .WithMessage("cannot open /nowhere/x.pcap:*");
    }

    [Test]
    public void MarkersSurviveTheWire()
    {
        var marker = new Marker("20261121T031609-loopback", 7, 123_456_789, Marker.Fault, "kill n1\tnow");

        Marker.TryDecode(marker.Encode()).Should().Be(marker);
        Marker.TryDecode("TORTURE1\tx"u8).Should().BeNull();
        Marker.TryDecode("TORTURE1\tr\tseven\t1\tfault\tx"u8).Should().BeNull();
        Marker.TryDecode([]).Should().BeNull();
    }

    private static void ReadOrRefuse(byte[] file)
    {
        try
        {
            Read(file).Count().Should().BeLessThanOrEqualTo(file.Length / 16);
        }
        catch (CaptureException)
        {
        }
    }

    private static IEnumerable<CapturedPacket> Read(byte[] file) => CaptureFile.Read(new MemoryStream(file));

    private static void Equal(IEnumerable<CapturedPacket> actual, IEnumerable<CapturedPacket> expected) =>
        actual.Select(p => (p with { Data = default }, Convert.ToHexString(p.Data.Span)))
            .Should().Equal(expected.Select(p => (p with { Data = default }, Convert.ToHexString(p.Data.Span))));

    private static byte[] Pcapng(IEnumerable<CapturedPacket> packets)
    {
        using var file = new MemoryStream();
        using (var writer = new PcapngWriter(file, leaveOpen: true))
        {
            writer.AddInterface(LinkType.Ethernet, "lo", 65535, "tcp or udp");
            packets.ToList().ForEach(writer.Write);
            writer.WriteStatistics(0, 5, 10, 1);
        }

        return file.ToArray();
    }

    private static byte[] Pcap()
    {
        using var file = new MemoryStream();
        using var writer = new PcapWriter(file, LinkType.Ethernet);
        return file.ToArray();
    }

    private static byte[] Section(bool bigEndian) =>
        Block(0x0A0D0D0A, bigEndian, [.. U32(0x1A2B3C4D, bigEndian), .. U16(1, bigEndian), .. U16(0, bigEndian),
            .. I64(-1, bigEndian)]);

    private static byte[] Interface(bool bigEndian) => [.. U16(1, bigEndian), .. U16(0, bigEndian), .. new byte[4]];

    private static byte[] Enhanced(bool bigEndian, ulong units, byte[] data) =>
        Block(6, bigEndian, [.. U32(0, bigEndian),
            .. U32((uint)(units >> 32), bigEndian), .. U32((uint)units, bigEndian),
            .. U32((uint)data.Length, bigEndian), .. U32((uint)data.Length, bigEndian), .. data,
            .. new byte[-data.Length & 3]]);

    private static byte[] Block(uint type, bool bigEndian, byte[] body)
    {
        var total = U32((uint)body.Length + 12, bigEndian);
        return [.. U32(type, bigEndian), .. total, .. body, .. total];
    }

    private static byte[] U16(ushort value, bool bigEndian)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return Ordered(bytes, bigEndian);
    }

    private static byte[] U32(uint value, bool bigEndian)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Ordered(bytes, bigEndian);
    }

    private static byte[] I64(long value, bool bigEndian)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Ordered(bytes, bigEndian);
    }

    private static byte[] Ordered(byte[] bytes, bool bigEndian)
    {
        if (bigEndian)
        {
            Array.Reverse(bytes);
        }

        return bytes;
    }
}
