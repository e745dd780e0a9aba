using System.Net;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Failover;

/// <summary>A node of the cluster as another one, or it itself, knows it. Belongs to the engine's loop.</summary>
internal sealed class Member(NodeEntry entry, int index)
{
    private const int Remembered = 1024;

    private readonly (long Number, TimeSpan At)[] _sent = new (long, TimeSpan)[Remembered];
    private long _sentNumber;

    public NodeEntry Entry => entry;

    public string Name => entry.Name;

    public int Index => index;

    public PeerLink? Link { get; set; }

    /// <summary>Its link was too busy for news of connections.</summary>
    public bool MissedNews { get; set; }

    /// <summary>Lines of such news that were sent over the link.</summary>
    public long NewsSent { get; set; }

    /// <summary>Number of the last line up to which none is missing.</summary>
    public long NewsSeen { get; set; }

    /// <summary>When this node last heard of the member.</summary>
    public TimeSpan LastHeard { get; set; }

    /// <summary>When this node sent the newest heartbeat that the member has echoed.</summary>
    public TimeSpan EchoedAt { get; set; }

    public Heartbeat? LastBeat { get; set; }

    /// <summary>Heartbeats go both ways.</summary>
    public bool Alive { get; set; }

    public MemberState State { get; set; }

    /// <summary>Leader's view: it has told what it holds, knowing that this node leads.</summary>
    public bool Reported { get; set; }

    public IReadOnlyList<IPAddress> Held { get; set; } = [];

    /// <summary>Leader's view: what it may be serving, or be about to serve.</summary>
    public HashSet<IPAddress> MayHold { get; } = [];

    /// <summary>Leader's view: a member that is not alive surely serves nothing from then on.</summary>
    public TimeSpan SafeAt { get; set; }

    /// <summary>Leader's view: the table that it was told last.</summary>
    public ClusterTable? TableSent { get; set; }

    /// <summary>Whoever has seen none of this node's heartbeats after these cannot know of that table yet.</summary>
    public long BeatsBeforeTable { get; set; }

    /// <summary>Heartbeats that this node sent to the member.</summary>
    public long BeatsSent => _sentNumber;

    public long Epoch { get; set; } = -1;

    /// <summary>Of the last command of this term.</summary>
    public long CommandNumber { get; set; }

    /// <summary>The member's epoch for which that was: in any other one it is void.</summary>
    public long CommandEpoch { get; set; } = -1;

    public HashSet<IPAddress>? Commanded { get; set; }

    public TimeSpan CommandedAt { get; set; }

    public long NextBeat(TimeSpan now)
    {
        _sent[++_sentNumber % Remembered] = (_sentNumber, now);
        return _sentNumber;
    }

    /// <summary>When heartbeat <paramref name="number"/> was sent; null: long ago, or never.</summary>
    public TimeSpan? SentAt(long number) =>
        number > 0 && _sent[number % Remembered] is var (sent, at) && sent == number ? at : null;

    public void ForgetReport()
    {
        Reported = false;
        Epoch = -1;
        Commanded = null;
    }

    /// <summary>Another term begins, in which nothing was commanded.</summary>
    public void ForgetTerm()
    {
        ForgetReport();
        (CommandNumber, CommandEpoch) = (0, -1);
    }
}
