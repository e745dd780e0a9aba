using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Protocol.Takeover;
using Torture.ReferenceServer.Control;
using Torture.Targets.Simulation;

namespace Torture.SelfTests.Simulation;

/// <summary>Connections in memory end as TCP's do, and leave the packets of TCP.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class NetworkRules
{
    private readonly World _world = new(seed: 3);
    private readonly List<CapturedPacket> _packets = [];

    [SetUp]
    public void Capture()
    {
        var capture = new SimulatedCapture(_world, IPAddress.Parse("10.77.0.1"));
        capture.Captured += _packets.Add;
        _world.Network.Capture = capture;
    }

    [Test]
    public void WhatIsWrittenComesInOrder()
    {
        var heard = _world.Run(async () =>
        {
            var (here, there) = await Pair.OpenAsync(_world);
            for (byte i = 0; i < 20; i++)
            {
                await here.WriteAsync(new[] { i });
            }

            here.Dispose();
            return await ReadAllAsync(there.Stream);
        });

        heard.Should().Equal(Enumerable.Range(0, 20).Select(i => (byte)i));
        Flags().Should().StartWith(["S", "SA", "A"]).And.Contain("FA").And.NotContain("RA");
    }

    [Test]
    public void APartOfWhatCameCanBeRead()
    {
        var heard = _world.Run(async () =>
        {
            var (here, there) = await Pair.OpenAsync(_world);
            await here.WriteAsync(new byte[] { 1, 2, 3 });
            await here.WriteAsync(new byte[] { 4, 5 });
            var two = new byte[2];
            (await there.Stream.ReadAsync(two)).Should().Be(2);
            here.Dispose();
            return two.Concat(await ReadAllAsync(there.Stream)).ToArray();
        });

        heard.Should().Equal(1, 2, 3, 4, 5);
    }

    [Test]
    public void WhereNobodyListensItIsRefusedWithReset()
    {
        _world.Network.Join(_world.NewParty("n1"), Mac(1), [Pair.Server.Address]);
        var refused = () => _world.Run(async () =>
            await _world.Network.ConnectAsync(_world.Case, Pair.Client, Pair.Server, default));

        refused.Should().Throw<IOException>().WithMessage("*refused*");
        Flags().Should().Equal("S", "RA");
    }

    [Test]
    public void WhereNobodyHasTheAddressItIsAskedForThreeTimes()
    {
        var lost = () => _world.Run(async () =>
            await _world.Network.ConnectAsync(_world.Case, Pair.Client, Pair.Server, default));

        lost.Should().Throw<IOException>().WithMessage("*No route*");
        Flags().Should().BeEmpty();
        _packets.Should().HaveCount(3);
        _world.Now.Should().BeCloseTo(TimeSpan.TicksPerSecond * 3, (ulong)TimeSpan.TicksPerMillisecond * 10);
    }

    [Test]
    public void ANeighbourIsWhereItSaysItIs()
    {
        var reading = () => _world.Run(async () =>
        {
            var (here, taker) = await MovedAsync();
            await here.WriteAsync(new byte[1]);
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Time);
            Flags().Should().Contain("PA").And.NotContain("R", "who had the address does not answer for it");
            Announce(taker);
            return await here.ReadAsync(new byte[1]);
        });

        reading.Should().Throw<IOException>().WithMessage("*reset*");
        Flags().Should().EndWith(["PA", "R"], "it is sent again, and nobody there knows of it");
    }

    [TestCase(1, 2), TestCase(2, 1)]
    public void OfTwoThatHaveAnAddressTheFirstToAnswerIsBelieved(int first, int second)
    {
        _world.Network.Join(_world.NewParty("n1"), Mac(first), [Pair.Server.Address]);
        _world.Network.Join(_world.NewParty("n2"), Mac(second), [Pair.Server.Address]);
        var asker = _world.Network.Join(_world.NewParty("n3"), Mac(3), [Pair.Client]);

        asker.NeighbourAt(Pair.Server.Address, Pair.Client).Should().BeOneOf(Mac(1), Mac(2));

        _packets.Should().HaveCount(3, "both have answered");
    }

    [Test]
    public void AnAddressIsGoneOnceItsLifetimeIsOver()
    {
        var stack = _world.Network.Join(_world.NewParty("n1"), Mac(1), []);
        stack.Add(Pair.Server.Address, TimeSpan.FromSeconds(2));
        _world.Run(async () =>
        {
            stack.Has(Pair.Server.Address).Should().BeTrue();
            await Task.Delay(TimeSpan.FromSeconds(2.1), _world.Time);
            stack.Has(Pair.Server.Address).Should().BeFalse();
            return 0;
        });
    }

    [Test]
    public void ATickleIsAnsweredByWhoHasTheConnectionAndResetByWhoHasNot()
    {
        var reading = () => _world.Run(async () =>
        {
            var (here, taker) = await MovedAsync();
            Announce(taker);
            await Task.Delay(TimeSpan.FromMilliseconds(5), _world.Time);
            taker.SendPacket(Pair.Client, TakeoverFrames.Tickle(Pair.Server, here.Local));
            return await here.ReadAsync(new byte[1]);
        });

        reading.Should().Throw<IOException>().WithMessage("*reset*");
        Flags().Should().EndWith(["A", "A", "R"]);
    }

    [Test]
    public void WhoLeavesBytesUnreadResets()
    {
        var reading = () => _world.Run(async () =>
        {
            var (here, there) = await Pair.OpenAsync(_world);
            await here.WriteAsync(new byte[10]);
            await Task.Delay(TimeSpan.FromMilliseconds(5), _world.Time);
            await there.DisposeAsync();
            return await here.ReadAsync(new byte[1]);
        });

        reading.Should().Throw<IOException>().WithMessage("*reset*");
        Flags().Should().Contain("RA");
    }

    [Test]
    public void TheKernelOfOneThatIsGoneEndsItsConnections()
    {
        var node = _world.NewParty("n1");
        var heard = _world.Run(async () =>
        {
            var (here, _) = await Pair.OpenAsync(_world, node);
            node.End();
            _world.Network.CloseAllOf(node);
            return await here.ReadAsync(new byte[1]);
        });

        heard.Should().Be(0);
        var again = () => _world.Run(async () =>
            await _world.Network.ConnectAsync(_world.Case, Pair.Client, Pair.Server, default));
        again.Should().Throw<IOException>();
    }

    [Test]
    public void TheKernelOfOneThatStandsStillTakesBytes()
    {
        var node = _world.NewParty("n1");
        _world.Run(async () =>
        {
            _world.Network.Listen(node, Pair.Server);
            node.IsFrozen = true;
            var here = await _world.Network.ConnectAsync(_world.Case, Pair.Client, Pair.Server, default);
            await here.WriteAsync(new byte[3]);
            await Task.Delay(TimeSpan.FromMilliseconds(5), _world.Time);
            return 0;
        });

        Flags().Should().Equal("S", "SA", "A", "PA", "A");
    }

    [Test]
    public void WhoDoesNotReadHoldsTheWriterUp()
    {
        var (before, after) = _world.Run(async () =>
        {
            var (here, there) = await Pair.OpenAsync(_world);
            var writing = here.WriteAsync(new byte[3 << 20]).AsTask();
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Time);
            var was = writing.IsCompleted;
            for (var left = 3 << 20; left > 0; left -= await there.Stream.ReadAsync(new byte[left]))
            {
            }

            await writing;
            return (was, writing.IsCompleted);
        });

        (before, after).Should().Be((false, true));
    }

    [Test]
    public void WhoLetsGoOfAnAddressCanResetAllOnIt()
    {
        var node = _world.NewParty("n1");
        var stack = _world.Network.Join(node, Mac(1), [Pair.Server.Address]);
        var reading = () => _world.Run(async () =>
        {
            var (here, _) = await Pair.OpenAsync(_world, node);
            new SimulatedLink(_world.Network, stack).EndConnections(Pair.Server.Address).Should().Be(1);
            return await here.ReadAsync(new byte[1]);
        });

        reading.Should().Throw<IOException>().WithMessage("*reset*");
    }

    [Test]
    public void APortIsOnesOwn()
    {
        _world.Network.Listen(_world.Case, Pair.Server);

        var second = () => _world.Network.Listen(_world.Case, Pair.Server);

        second.Should().Throw<ConfigurationException>().WithMessage("*in use*");
    }

    [TestCase("10.77.0.1:135", "10.77.0.2:30001", 34)]
    [TestCase("[fd77::1]:135", "[fd77::2]:30001", 54)]
    public void PacketsHaveTheirChecksums(string from, string to, int transport)
    {
        var (source, target) = (IPEndPoint.Parse(from), IPEndPoint.Parse(to));
        var frame = Frames.Tcp(Mac(1), Mac(2), source, target, 1, 2, TcpFlags.Psh | TcpFlags.Ack, [1, 2, 3]);
        var length = source.Address.GetAddressBytes().Length * 2;

        PacketView.TryRead(new CapturedPacket(1, 0, LinkType.Ethernet, frame, frame.Length), out var view)
            .Should().BeTrue();
        view.Source.Should().Be(source);
        view.Destination.Should().Be(target);
        view.Payload.ToArray().Should().Equal(1, 2, 3);
        InternetChecksum.Of(
            frame.AsSpan(transport - length, length), [0, 6, 0, 23], frame.AsSpan(transport)).Should().Be(0);
    }

    /// <summary>A connection to n1, whose address n2 has by now.</summary>
    private async Task<(MemorySocket Here, SimulatedLink Taker)> MovedAsync()
    {
        var n1 = _world.NewParty("n1");
        var before = _world.Network.Join(n1, Mac(1), [Pair.Server.Address]);
        var after = _world.Network.Join(_world.NewParty("n2"), Mac(2), []);
        var (here, _) = await Pair.OpenAsync(_world, n1);
        before.Remove(Pair.Server.Address);
        after.Add(Pair.Server.Address);
        return (here, new SimulatedLink(_world.Network, after));
    }

    private static void Announce(SimulatedLink taker) => taker.SendFrame(
        TakeoverFrames.GratuitousArp(taker.HardwareAddress, Pair.Server.Address, asReply: false));

    private static MacAddress Mac(int number) => SimulatedAddresses.MacOf(number);

    private static async Task<byte[]> ReadAllAsync(Stream stream)
    {
        var all = new MemoryStream();
        var buffer = new byte[7];
        while (await stream.ReadAsync(buffer) is > 0 and var count)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    private List<string> Flags() => [.. _packets.Where(packet => packet.Data.Span[12] == 8 && packet.Data.Span[13] == 0)
        .Select(packet => packet.Data.Span[14 + 20 + 13]).Select(flags =>
            string.Concat("FSRPA".Where((_, bit) => (flags & (1 << bit)) != 0)))];
}
