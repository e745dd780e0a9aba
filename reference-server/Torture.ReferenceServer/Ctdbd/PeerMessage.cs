using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>
/// What the witness servers of a cluster tell each other by messages through their CTDB daemons: a JSON object each.
/// </summary>
/// <param name="From">Name of the sender, since a delivered message does not say from which node it came.</param>
/// <param name="Life">Another number each time that the sender attaches to its daemon.</param>
public sealed record PeerMessage(string From, long Life) : IRoutedMessage
{
    /// <summary>The sender is there; who hears it for the first time, or is not known to it, says the same.</summary>
    public bool? Here { get; set; }

    /// <summary>The life of the receiver that the sender knows; null: of none, or it says this to all.</summary>
    public long? Knows { get; set; }

    /// <summary>Sent by the daemon of the sender, which is gone.</summary>
    public bool? Gone { get; set; }

    public SharePins? Pins { get; set; }

    public RoutedRequest? Request { get; set; }

    public RoutedResponse? Response { get; set; }
}

/// <summary>Where administrators moved shares. The greater version is right, of equal ones the greater node.</summary>
public sealed record SharePins(long Version, string Node, IReadOnlyList<ShareOwner> Owners)
{
    public static SharePins None { get; } = new(0, "", []);

    public bool IsOlderThan(SharePins other) =>
        Version != other.Version ? Version < other.Version : string.CompareOrdinal(Node, other.Node) < 0;
}
