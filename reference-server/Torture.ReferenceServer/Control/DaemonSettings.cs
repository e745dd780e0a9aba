using System.Text.RegularExpressions;

namespace Torture.ReferenceServer.Control;

/// <summary>Of engine ctdb: the daemon that a node with a network stack of its own starts and watches itself.</summary>
public sealed partial record DaemonSettings
{
    /// <summary>
    /// The program that writes CTDB's configuration from what its environment says and becomes ctdbd; its absolute
    /// path.
    /// </summary>
    public string Program { get; set; } = "/usr/local/sbin/ctdb-node";

    /// <summary>NAME=VALUE each; what is not here is as CTDB has it.</summary>
    public IReadOnlyList<string> Tunables { get; set; } = [];

    /// <summary>Without a word of the leader for so long, nodes look for another one; whole seconds.</summary>
    public int LeaderTimeout { get; set; } = 5;

    /// <summary>
    /// Times of about a second, the shortest that CTDB counts in, and a node that bans itself comes back soon. Who is
    /// not heard counts as dead a second after it would know by itself that it is cut off.
    /// </summary>
    public static DaemonSettings Fast => new()
    {
        LeaderTimeout = 2,
        Tunables =
        [
            "KeepaliveInterval=1", "KeepaliveLimit=3", "ElectionTimeout=1", "RerecoveryTimeout=1", "MonitorInterval=5",
            "TickleUpdateInterval=1", "RecoveryBanPeriod=10", "RecoveryGracePeriod=10",
        ],
    };

    /// <returns>Null: nothing is wrong with it in this cluster.</returns>
    internal string? FaultIn(ClusterConfiguration cluster)
    {
        if (!Program.StartsWith('/') || Program.Any(char.IsControl))
        {
            return $"engine.daemon.program \"{Shown(Program)}\": an absolute path";
        }

        if (LeaderTimeout is < 1 or > 3600)
        {
            return $"engine.daemon.leaderTimeout {LeaderTimeout}: 1 to 3600 seconds";
        }

        if (Tunables.FirstOrDefault(tunable => !Tunable().IsMatch(tunable)) is { } wrong)
        {
            return $"engine.daemon.tunables \"{Shown(wrong)}\": NAME=NUMBER, as KeepaliveInterval=1";
        }

        return cluster.Network is null
            ? "engine.daemon: ctdbd needs a network stack of its own on each node: network must be given"
            : string.IsNullOrEmpty(cluster.Lock?.Path)
                ? "lock.path must be given for engine.daemon: CTDB's cluster lock, a file that all nodes share"
                : null;
    }

    private static string Shown(string text) => string.Concat(text.Where(c => !char.IsControl(c)).Take(60));

    [GeneratedRegex(@"\A[A-Za-z]{1,40}=[0-9]{1,10}\z")]
    private static partial Regex Tunable();
}
