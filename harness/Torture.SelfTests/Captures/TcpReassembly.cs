using System.Net;
using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;

namespace Torture.SelfTests.Captures;

public sealed class TcpReassembly
{
    private static readonly IPEndPoint Client = new(IPAddress.Parse("10.9.0.1"), 40001);
    private static readonly IPEndPoint Server = new(IPAddress.Parse("10.9.0.100"), 445);

    private static readonly LinkType[] Links =
    [
        LinkType.Null, LinkType.Ethernet, LinkType.Raw, LinkType.LinuxSll, LinkType.LinuxSll2, LinkType.Loop,
    ];

    [TestCaseSource(nameof(Links))]
    public void EveryLinkTypeAndFamily(LinkType link)
    {
        foreach (var version in new[] { "10.9.0.1,10.9.0.100", "fd00::1,fd00::100" })
        {
            var ends = version.Split(',').Select(IPAddress.Parse).ToArray();
            var (client, server) = (new IPEndPoint(ends[0], 40001), new IPEndPoint(ends[1], 445));
            var log = new Log();

            Play(log, link, Wire.Tcp(client, server, 99, 0, Wire.Syn, []),
                Wire.Tcp(server, client, 499, 100, Wire.Syn | Wire.Ack, []),
                Wire.Tcp(client, server, 100, 500, Wire.Ack, "hello"u8.ToArray()),
                Wire.Tcp(server, client, 500, 105, Wire.Ack, "you"u8.ToArray()),
                Wire.Tcp(client, server, 105, 503, Wire.Ack | Wire.Fin, []));

            log.ToString().Should().Be("c:hello s:you c:Fin");
            log.Stream!.Client.Should().Be(client);
            log.Stream.Syn!.Value.Frame.Should().Be(1);
        }
    }

    [Test]
    public void ReorderedRepeatedAndOverlappingSegmentsGiveEachByteOnce()
    {
        var log = new Log();

        Play(log, LinkType.Raw, FromClient(99, Wire.Syn), FromClient(104, "efgh"), FromClient(102, "cdef"),
            FromClient(100, "ab"), FromClient(100, "abcd"), FromClient(106, "ghij"), FromClient(107, "hij"));

        log.Text(client: true).Should().Be("abcdefghij");
    }

    [Test]
    public void SequenceNumbersWrap()
    {
        var log = new Log();

        Play(
            log, LinkType.Raw, FromClient(0xFFFF_FFFC, Wire.Syn), FromClient(1, "ef"),
            FromClient(0xFFFF_FFFD, "abcd"));

        log.Text(client: true).Should().Be("abcdef");
    }

    [Test]
    public void AcknowledgedBytesThatTheCaptureLostAreAGap()
    {
        var log = new Log();
        var packets = new List<byte[]> { FromClient(99, Wire.Syn), FromClient(100, "ab"), FromClient(104, "ef") };
        packets.AddRange(Enumerable.Range(0, 40).Select(_ => Wire.Tcp(Server, Client, 500, 106, Wire.Ack, [])));

        Play(log, LinkType.Raw, [.. packets]);

        log.ToString().Should().Be("c:ab c:gap2 c:ef");
    }

    [Test]
    public void WhatNeverCameIsAGapAtTheEnd()
    {
        var log = new Log();

        var reassembler = Play(log, LinkType.Raw, FromClient(99, Wire.Syn), FromClient(104, "ef"));
        log.ToString().Should().Be("");
        reassembler.Complete();

        log.ToString().Should().Be("c:gap4 c:ef");
    }

    [Test]
    public void CutPacketsAreAGapOfTheirTail()
    {
        var log = new Log();
        var whole = FromClient(100, "abcdef");

        Play(log, LinkType.Raw, FromClient(99, Wire.Syn), whole[..^4], FromClient(106, "gh"));

        log.ToString().Should().Be("c:ab c:gap4 c:gh");
    }

    [Test]
    public void ASecondConnectionOfTheSameEndsIsANewStream()
    {
        var log = new Log();

        Play(log, LinkType.Raw, FromClient(99, Wire.Syn), FromClient(100, "one"), FromClient(5000, Wire.Syn),
            FromClient(5000, Wire.Syn), FromClient(5001, "two"));

        log.Streams.Should().HaveCount(2);
        log.ToString().Should().Be("c:one c:two");
    }

    [Test]
    public void TicklesAndBlindResetsChangeNothing()
    {
        var log = new Log();

        Play(
            log, LinkType.Raw, FromClient(99, Wire.Syn),
            Wire.Tcp(Server, Client, 2_000_000_000, 100, Wire.Syn | Wire.Ack, []),
            Wire.Tcp(Server, Client, 0, 0, Wire.Ack, [], window: 1234), Wire.Tcp(Server, Client, 0, 0, Wire.Reset, []),
            FromClient(100, "on"), Wire.Tcp(Server, Client, 2_000_000_001, 102, Wire.Ack, "ok"u8.ToArray()),
            Wire.Tcp(Server, Client, 2_000_000_003, 0, Wire.Reset, []));

        log.ToString().Should().Be("c:on s:ok s:Reset");
    }

    [Test]
    public void EthernetPaddingIsNoPayload()
    {
        var log = new Log();

        Play(log, LinkType.Ethernet, FromClient(99, Wire.Syn), [.. FromClient(100, "a"), 9, 9, 9, 9, 9],
            FromClient(101, "b"));

        log.ToString().Should().Be("c:a c:b");
    }

    [Test]
    public void AFloodOfSegmentsThatNeverFitIsBounded()
    {
        var log = new Log();
        var reassembler = Play(log, LinkType.Raw, FromClient(99, Wire.Syn));
        var payload = new string('x', 1000);

        for (var i = 0; i < 20_000; i++)
        {
            reassembler.Add(Wire.Packet(i + 2, LinkType.Raw, FromClient((uint)(200 + (i * 1001)), payload)));
        }

        log.Gaps.Should().BeGreaterThan(1000, "segments may not wait without limit");
    }

    [Test]
    public void RandomAndTruncatedPacketsAreIgnored()
    {
        var random = new Random(7);
        var reassembler = new TcpReassembler(new Log());
        foreach (var link in Links)
        {
            var good = Wire.Link(link, FromClient(100, "hello"));
            for (var length = 0; length <= good.Length; length++)
            {
                reassembler.Add(Wire.Packet(1, link, good[..length]));
            }

            for (var i = 0; i < 5000; i++)
            {
                var hostile = good.ToArray();
                random.NextBytes(hostile.AsSpan(random.Next(hostile.Length)));
                reassembler.Add(Wire.Packet(1, link, hostile));
            }
        }

        reassembler.Complete();
    }

    private static byte[] FromClient(uint sequence, byte flags) => Wire.Tcp(Client, Server, sequence, 0, flags, []);

    private static byte[] FromClient(uint sequence, string text) =>
        Wire.Tcp(Client, Server, sequence, 0, 0, Encoding.ASCII.GetBytes(text));

    private static TcpReassembler Play(Log log, LinkType link, params byte[][] packets)
    {
        var reassembler = new TcpReassembler(log);
        for (var i = 0; i < packets.Length; i++)
        {
            reassembler.Add(Wire.Packet(i + 1, link, Wire.Link(link, packets[i])));
        }

        return reassembler;
    }

    private sealed class Log : ITcpObserver
    {
        private readonly List<string> _entries = [];

        public HashSet<TcpStream> Streams { get; } = [];

        public TcpStream? Stream { get; private set; }

        public int Gaps { get; private set; }

        public void OnData(TcpStream stream, bool fromClient, ReadOnlyMemory<byte> data, FrameStamp at)
        {
            Streams.Add(Stream = stream);
            _entries.Add($"{Side(fromClient)}:{Encoding.ASCII.GetString(data.Span)}");
        }

        public void OnGap(TcpStream stream, bool fromClient, long missing, FrameStamp at)
        {
            Gaps++;
            _entries.Add($"{Side(fromClient)}:gap{missing}");
        }

        public void OnClosed(TcpStream stream, bool fromClient, TcpClose how, FrameStamp at) =>
            _entries.Add($"{Side(fromClient)}:{how}");

        public string Text(bool client) =>
            string.Concat(
                _entries.Where(e => e.StartsWith(Side(client), StringComparison.Ordinal)).Select(e => e[2..]));

        public override string ToString() => string.Join(' ', _entries);

        private static string Side(bool fromClient) => fromClient ? "c" : "s";
    }
}
