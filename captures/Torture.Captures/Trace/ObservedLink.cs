using System.Net;

namespace Torture.Captures;

/// <summary>A marker on the wire.</summary>
public sealed record ObservedMarker(Marker Marker, FrameStamp At);

/// <summary>How a node says that an address is its own.</summary>
public enum AnnouncementKind
{
    /// <summary>ARP request or reply whose sender asks for or tells its own address ([RFC5227] 1.1).</summary>
    GratuitousArp,

    /// <summary>ARP reply to somebody who asked ([RFC826]).</summary>
    ArpReply,

    /// <summary>Neighbour advertisement that nobody asked for ([RFC4861] 7.2.6).</summary>
    UnsolicitedAdvertisement,

    /// <summary>Neighbour advertisement as an answer ([RFC4861] 7.2.4).</summary>
    SolicitedAdvertisement,
}

/// <summary>A node said on the link that an address is its own.</summary>
/// <param name="Before">Whose it was when it was last heard; null where nothing was heard of it before.</param>
public sealed record ObservedAnnouncement(
    FrameStamp At, AnnouncementKind Kind, IPAddress Address, MacAddress Owner, MacAddress? Before)
{
    /// <summary>An ARP reply, or an advertisement; false: an ARP request.</summary>
    public bool IsReply { get; init; }

    /// <summary>Neighbours shall replace what they know; ARP has no other way.</summary>
    public bool IsOverride { get; init; } = true;

    /// <summary>Who sent the frame; null where the link does not say it.</summary>
    public MacAddress? Sender { get; init; }

    /// <summary>The address changed hands.</summary>
    public bool IsTakeover => Before is { } before && before != Owner;
}

/// <summary>
/// A packet from an address whose sender is not the one who was last heard under it, or the first who was.
/// </summary>
public sealed record ObservedVoice(FrameStamp At, IPAddress Address, MacAddress Sender);

/// <summary>Somebody asks everybody on the link who has an address: ARP request, neighbour solicitation.</summary>
public sealed record ObservedQuestion(FrameStamp At, IPAddress Address);

/// <summary>Segments that tell of connections, not of their content.</summary>
public enum TcpEventKind
{
    /// <summary>CTDB's tickle: an ACK that must be answered, sent in the name of a moved address.</summary>
    Tickle,

    /// <summary>What a client answers it with: an empty ACK.</summary>
    TickleAnswer,

    Reset,

    /// <summary>An empty ACK far outside of the window: it must be answered too, but is not CTDB's tickle.</summary>
    OutOfWindow,
}

/// <summary>A tickle, its answer, or a reset.</summary>
/// <param name="Connection">Number of the connection; null where it is none that was seen.</param>
/// <param name="Sender">Its link address; null where the link has none.</param>
public sealed record ObservedTcpEvent(
    FrameStamp At, TcpEventKind Kind, IPEndPoint Source, IPEndPoint Destination, int? Connection, MacAddress? Sender);

/// <summary>A TCP connection and when each side sent payload in it.</summary>
/// <param name="Syn">Null where the capture began later.</param>
/// <param name="Ended">First FIN or valid RST of either side.</param>
/// <param name="ServerMac">Link address of the server; null where the link has none.</param>
public sealed record ObservedConnection(
    int Number,
    IPEndPoint Client,
    IPEndPoint Server,
    FrameStamp FirstSeen,
    FrameStamp? Syn,
    FrameStamp? SynAck,
    FrameStamp? Ended,
    MacAddress? ServerMac,
    ReadOnlyMemory<FrameStamp> ClientPayloads,
    ReadOnlyMemory<FrameStamp> ServerPayloads);
