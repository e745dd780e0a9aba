using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Targets.Simulation;
using ClusterNode = Torture.Harness.Clusters.Node;
using InconclusiveException = Torture.Harness.Clusters.InconclusiveException;

namespace Torture.SelfTests.Simulation;

/// <summary>
/// What passes a bad link in memory comes late, twice, in another order or never; TCP sees to its own.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BadLinkRules
{
    private const int Count = 40;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);
    private static readonly IPAddress Asker = IPAddress.Parse("10.77.0.1");
    private static readonly IPAddress Private = IPAddress.Parse("10.77.0.11");
    private static readonly ClusterNode N1 = new("n1", Pair.Server.Address) { Private = Private };
    private static readonly MacAddress Mac = SimulatedAddresses.MacOf(1);

    private readonly World _world = new(seed: 3);
    private readonly List<CapturedPacket> _packets = [];
    private readonly Party _node;

    public BadLinkRules()
    {
        var capture = new SimulatedCapture(_world, Asker);
        capture.Captured += _packets.Add;
        _world.Network.Capture = capture;
        _node = _world.NewParty("n1");
        _world.Network.Join(_node, Mac, [N1.Address, Private]);
    }

    private static IEnumerable<TestCaseData> Faults =>
    [
        Of("slow", new SlowLink(N1, Delay)),
        Of("narrow", new SlowLink(N1, TimeSpan.Zero) { Rate = 1_000_000 }),
        Of("lossy", new LossyLink(N1, 0.5) { InARow = 2 }),
        Of("lossyOutwards", new LossyLink(N1, 0.5) { InARow = 2, Direction = Direction.FromTo }),
        Of("duplicating", new DuplicatingLink(N1, 0.5)),
        Of("reordering", new ReorderingLink(N1, 0.5, Delay)),
        Of("flapping", new FlappingLink(N1, Second, Second)),
    ];

    /// <summary>By the same proof as on real links.</summary>
    [TestCaseSource(nameof(Faults))]
    public void ItIsSeenToAct(LinkFault fault)
    {
        Asked(N1.Address);
        _world.Network.BadLinks.Make(Mac, fault);

        var isSlow = fault is SlowLink;
        var echoes = Enumerable.Range(0, Count).Select(_ => Asked(N1.Address, isSlow ? 1 : 10)).ToList()[^1];

        LinkProof.Of(fault, echoes.Skip(1).ToList(), Nanoseconds(_world.UtcNow)).Should().NotBeNull();
        LinkProof.Of(fault, Asked(Private).TakeLast(1).ToList(), Nanoseconds(_world.UtcNow))
            .Should().BeNull("the other link is a good one");
    }

    [TestCaseSource(nameof(Faults))]
    public void OnceHealedItIsSeenNoMore(LinkFault fault)
    {
        _world.Network.BadLinks.Make(Mac, fault);
        _world.Network.BadLinks.Heal(Mac, fault);

        var echoes = Asked(N1.Address, Count);

        echoes.Should().OnlyContain(echo => echo.Answers.Count == 1 && echo.Time < TimeSpan.FromMilliseconds(2));
    }

    [TestCaseSource(nameof(Faults))]
    public void AConnectionBringsEverythingOnceAndInOrder(LinkFault fault)
    {
        _world.Network.BadLinks.Make(Mac, fault);

        var heard = _world.Run(async () =>
        {
            var (here, there) = await Pair.OpenAsync(_world, _node);
            for (byte i = 0; i < Count; i++)
            {
                await here.WriteAsync(new[] { i });
                await Task.Delay(Delay, _world.Time);
            }

            var all = new byte[Count];
            for (var at = 0; at < Count;)
            {
                at += await there.Stream.ReadAsync(all.AsMemory(at));
            }

            return all;
        });

        heard.Should().Equal(Enumerable.Range(0, Count).Select(i => (byte)i));
    }

    [Test]
    public void ItIsBadInOneWayAtATime()
    {
        _world.Network.BadLinks.Make(Mac, new SlowLink(N1, Delay));

        var second = () => _world.Network.BadLinks.Make(Mac, new LossyLink(N1, 0.5));

        second.Should().Throw<InconclusiveException>().WithMessage("*already*");
    }

    private static TestCaseData Of(string name, LinkFault fault) => new TestCaseData(fault).SetArgDisplayNames(name);

    private static long Nanoseconds(DateTimeOffset at) =>
        (at - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>All echoes so far.</summary>
    private IReadOnlyList<Echo> Asked(IPAddress address, int count = 1) => _world.Run(async () =>
    {
        _world.Network.AskEchoes(_world.Case, Asker, address, count);
        await Task.Delay(Second / 2, _world.Time);
        return Echo.AllOf(_packets, address);
    });
}
