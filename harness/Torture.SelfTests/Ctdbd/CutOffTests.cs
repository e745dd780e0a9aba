using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.Ctdbd;

using static EngineWorld;

/// <summary>A node that does not hear the leader, who holds the lock, stops its daemon until it hears it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000)]
public sealed class CutOffTests : IAsyncDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(0.5);

    private readonly TemporaryFolder _folder = new();
    private readonly EngineWorld _world;
    private readonly LeaseLock _counting;
    private readonly LeaseLock _standing;
    private readonly HashSet<uint> _hearers = [0, 1, 2];
    private readonly List<ITimer> _timers = [];

    public CutOffTests()
    {
        _world = new EngineWorld(new FailoverProfile
        {
            KeepAliveInterval = 0.05, KeepAliveLimit = 400, Lease = Lease.TotalSeconds,
        })
        {
            LeaseOf = node => Folder(node == Stranger ? "standing" : "counting"),
        };
        _world.Configuration.Engine.Daemon = new DaemonSettings { LeaderTimeout = 3 };
        (_counting, _standing) = (LeaseIn("counting"), LeaseIn("standing"));
    }

    /// <summary>The node that sees the other lease, whose holder does not count.</summary>
    private string Stranger { get; set; } = "";

    public async ValueTask DisposeAsync()
    {
        _timers.ForEach(timer => timer.Dispose());
        await _world.DisposeAsync();
        await _counting.DisposeAsync();
        await _standing.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task WhoIsCutOffStopsUntilItHearsTheLeader()
    {
        await StartAsync();

        Cut(0);

        await _world.UntilAsync(
            () => _world["n1"] is { Seen: { Held.Count: 0, State: MemberState.Stopped, Leader: null } }, "n1 stops");
        _world["n2"].Serves(B).Should().BeTrue();
        Mend(0);
        await _world.UntilAsync(() => _world["n1"].Serves(A) && _world["n1"].Seen.Leader == "n3", "n1 is back");
        Said("STOP_NODE").Should().Equal("0 STOP_NODE at home");
        Said("CONTINUE_NODE").Should().Equal("0 CONTINUE_NODE at home");
    }

    [Test]
    public async Task AStopWhoseAnswerIsLostIsUndoneAsWell()
    {
        await StartAsync();
        _world.Ctdb.LosesAnswerOf = CtdbControl.STOP_NODE;

        Cut(0);

        await _world.UntilAsync(() => _world["n1"].Seen.State == MemberState.Stopped, "n1 stops");
        Mend(0);
        await _world.UntilAsync(() => _world["n1"].Serves(A) && _world["n1"].Seen.Leader == "n3", "n1 is back");
    }

    [Test]
    public async Task WhereTheHolderOfTheLockStandsStillNobodyIsCutOff()
    {
        Stranger = "n1";
        await StartAsync();

        Cut(0);
        Cut(1);

        await _world.UntilAsync(() => _world["n2"].Seen.State == MemberState.Stopped, "n2 is cut off");
        _world["n1"].Serves(A).Should().BeTrue();
        Said("STOP_NODE").Should().Equal("1 STOP_NODE at home");
    }

    [Test]
    public async Task WhomAnAdministratorHasStoppedStaysSo()
    {
        await StartAsync();
        _world.Ctdb.SetFlags(0, CtdbNodeFlags.STOPPED);
        await _world.UntilAsync(() => _world["n1"].Seen.State == MemberState.Stopped, "n1 is stopped");

        Cut(0);
        Cut(1);
        await _world.UntilAsync(() => _world["n2"].Seen.State == MemberState.Stopped, "n2 is cut off");
        Mend(0);
        Mend(1);

        await _world.UntilAsync(() => _world["n2"].Serves(B), "n2 is back");
        _world["n1"].Seen.State.Should().Be(MemberState.Stopped);
        Said("CONTINUE_NODE").Should().Equal("1 CONTINUE_NODE at home");
    }

    [Test]
    public async Task TheHolderItselfIsNotCutOff()
    {
        await StartAsync();

        Cut(2);
        Cut(1);

        await _world.UntilAsync(() => _world["n2"].Seen.State == MemberState.Stopped, "n2 is cut off");
        _world["n3"].Serves(C).Should().BeTrue();
        Said("STOP_NODE").Should().Equal("1 STOP_NODE at home");
    }

    private async Task StartAsync()
    {
        (await _counting.TryAcquireAsync("n3", CancellationToken.None)).Should().NotBeNull();
        (await _standing.TryAcquireAsync("n3", CancellationToken.None)).Should().NotBeNull();
        Repeat(TimeSpan.FromMilliseconds(20), () => _ = _counting.RenewAsync(CancellationToken.None));
        Repeat(TimeSpan.FromMilliseconds(100), TellLeader);
        await _world.StartAllAsync();
        await _world.UntilAsync(() => _world.Nodes.All(node => node.Seen.Leader == "n3"), "n3 leads");
    }

    private void TellLeader()
    {
        lock (_hearers)
        {
            foreach (var node in _hearers)
            {
                _world.Ctdb.Tell(node, CtdbSrvid.LEADER, CtdbCodec.EncodeNumber(2));
            }
        }
    }

    private void Cut(uint node)
    {
        lock (_hearers)
        {
            _hearers.Remove(node);
        }
    }

    private void Mend(uint node)
    {
        lock (_hearers)
        {
            _hearers.Add(node);
        }
    }

    private string[] Said(string control)
    {
        lock (_world.Ctdb.Said)
        {
            return [.. _world.Ctdb.Said.Where(line => line.Contains($" {control} ", StringComparison.Ordinal))];
        }
    }

    private string Folder(string lease) => Path.Combine(_folder.Path, lease);

    private LeaseLock LeaseIn(string name) => new(Folder(name), Lease, new MonotonicClock(TimeProvider.System));

    /// <summary>One at a time: on a busy machine a timer comes again before it has ended.</summary>
    private void Repeat(TimeSpan every, Action act)
    {
        var gate = new Lock();
        _timers.Add(TimeProvider.System.CreateTimer(
            _ =>
            {
                lock (gate)
                {
                    act();
                }
            },
            null, TimeSpan.Zero, every));
    }
}
