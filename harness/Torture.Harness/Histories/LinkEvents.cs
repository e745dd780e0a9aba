using System.Net;
using Torture.Captures;
using Torture.Harness.Clusters;

namespace Torture.Harness.Histories;

/// <summary>Somebody spoke for an address on the link: announced it, answered for it, or just sent from it.</summary>
/// <param name="Owner">Link address that the address has, as it says.</param>
/// <param name="Form">Null: a packet, the first from this link address after another one's.</param>
public sealed record AddressHeard(DateTimeOffset At, PublicAddress Address, string Owner, AnnouncementKind? Form)
    : HistoryEvent(At)
{
    /// <summary>Link address that sent the frame; null where the link does not say it.</summary>
    public string? Sender { get; init; }

    /// <summary>Neighbours shall replace what they know.</summary>
    public bool IsOverride { get; init; } = true;

    /// <summary>Nobody had asked.</summary>
    internal bool IsAnnouncement =>
        Form is AnnouncementKind.GratuitousArp or AnnouncementKind.UnsolicitedAdvertisement;
}

/// <summary>Somebody asked the link who has an address.</summary>
public sealed record NeighbourAsked(DateTimeOffset At, PublicAddress Address) : HistoryEvent(At);

/// <summary>A connection was made, or was there when the capture began.</summary>
public sealed record ConnectionSeen(DateTimeOffset At, IPEndPoint Client, IPEndPoint Server) : HistoryEvent(At);

/// <summary>A tickle, its answer, or a reset.</summary>
/// <param name="Sender">Link address; null where the link does not say it.</param>
public sealed record SegmentSeen(
    DateTimeOffset At, TcpEventKind What, IPEndPoint Source, IPEndPoint Destination, string? Sender)
    : HistoryEvent(At);

/// <summary>The packets show who sent them on the link, and were read up to here.</summary>
public sealed record LinkRead(DateTimeOffset At) : HistoryEvent(At)
{
    /// <summary>The target's limit, by which announcements are told from strays.</summary>
    public TimeSpan Announcement { get; init; } = new Limits().Announcement;
}
