using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;

namespace Torture.SelfTests.Captures;

/// <summary>Packets of several interfaces come in the order of their stamps. Times are in microseconds.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MergedCapture
{
    private static readonly long HandOver = (long)MergedDevice.HandOver.TotalMicroseconds;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

    private readonly WireClock _clock = new();
    private readonly ScriptedDevice _one;
    private readonly ScriptedDevice _other;
    private readonly MergedDevice _merged;

    public MergedCapture()
    {
        _one = new ScriptedDevice("one", _clock);
        _other = new ScriptedDevice("other", _clock);
        _merged = new MergedDevice([_one, _other], _clock);
    }

    [TearDown]
    public void Close()
    {
        _merged.Dispose();
        _one.Dispose();
        _other.Dispose();
    }

    [Test]
    public void OrderIsThatOfTheStamps()
    {
        _one.At(10, comes: 10);
        _one.At(30, comes: 30);
        _other.At(20, comes: 20);
        _other.At(40, comes: 40);

        Read(4).Should().Equal((1, 10, 0), (2, 20, 1), (3, 30, 0), (4, 40, 1));
    }

    [Test]
    public void APacketThatTheKernelHandsOverLateComesFirstAllTheSame()
    {
        _one.At(10, comes: 10);
        _other.At(9, comes: 10 + HandOver - 1);

        Read(2).Should().Equal((1, 9, 1), (2, 10, 0));
    }

    [Test]
    public void ASilentInterfaceHoldsNothingUpForLong()
    {
        _one.At(10, comes: 10);

        _merged.Read(Wait)!.TimeNanoseconds.Should().Be(10_000);
        _clock.Microseconds.Should().BeLessThan(10 + (3 * HandOver));
    }

    [Test]
    public void NothingComesWhereNothingIs()
    {
        _merged.Read(Wait).Should().BeNull();
        _clock.Microseconds.Should().BeInRange(50_000, 50_000 + HandOver);
    }

    [Test]
    public void LossesOfAllAreCounted()
    {
        _one.Counted = new CaptureStatistics(5, 1);
        _other.Counted = new CaptureStatistics(7, 2);

        _merged.Statistics().Should().Be(new CaptureStatistics(12, 3));
    }

    private List<(long Number, long At, int Interface)> Read(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => _merged.Read(Wait)!)
            .Select(packet => (packet.Number, packet.TimeNanoseconds / 1000, packet.Interface))];

    private sealed class WireClock : TimeProvider
    {
        public long Microseconds { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMicroseconds(Microseconds);
    }

    /// <summary>Time passes while somebody waits for its packets.</summary>
    private sealed class ScriptedDevice(string name, WireClock clock) : ICaptureDevice
    {
        private readonly Queue<(CapturedPacket Packet, long Comes)> _packets = [];

        public CaptureStatistics Counted { get; set; }

        public string Name => name;

        public LinkType Link => LinkType.Ethernet;

        public int SnapLength => 65_535;

        public string Filter => "";

        public void At(long stamp, long comes) => _packets.Enqueue(
            (new CapturedPacket(_packets.Count + 1, stamp * 1000, LinkType.Ethernet, new byte[60], 60), comes));

        public CapturedPacket? Read(TimeSpan wait)
        {
            var end = clock.Microseconds + (long)wait.TotalMicroseconds;
            if (!_packets.TryPeek(out var next) || next.Comes > end)
            {
                clock.Microseconds = end;
                return null;
            }

            clock.Microseconds = Math.Max(clock.Microseconds, next.Comes);
            return _packets.Dequeue().Packet;
        }

        public CaptureStatistics Statistics() => Counted;

        public void Dispose()
        {
        }
    }
}
