using System.Net;
using System.Text.Json.Serialization;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Takeover;

namespace Torture.ReferenceServer.Failover;

/// <summary>One line between two nodes; one of its members is there.</summary>
[JsonConverter(typeof(LinkMessageConverter))]
public sealed record LinkMessage : IRoutedMessage
{
    public LinkHello? Hello { get; init; }

    public Heartbeat? Beat { get; init; }

    public HoldCommand? Hold { get; init; }

    public ClusterTable? Table { get; init; }

    /// <summary>An administrator's wish, for the leader or for every node.</summary>
    public RoutedRequest? Request { get; init; }

    public RoutedResponse? Response { get; init; }

    /// <summary>Clients of public addresses.</summary>
    public ConnectionLine? Connections { get; init; }

    /// <summary>Some of those lines were lost on the way: the sender asks for everything.</summary>
    public bool? MissedConnections { get; init; }
}

/// <summary>What carries administrators' wishes between nodes, and the answers.</summary>
public interface IRoutedMessage
{
    RoutedRequest? Request { get; }

    RoutedResponse? Response { get; }
}

/// <summary>The first line of both ends.</summary>
public sealed record LinkHello(string Cluster, string Node);

/// <summary>What a node tells of itself, at each interval and at each change.</summary>
/// <param name="Number">Counts the heartbeats of the sender.</param>
/// <param name="Echo">
/// The highest number that the sender saw of the receiver: a heartbeat of the leader that echoes number n is the
/// permission to serve for a time that began when n was sent.
/// </param>
/// <param name="Term">The term of the leader that the sender follows, or is.</param>
/// <param name="Leading">The sender is that leader, and its lock holds.</param>
/// <param name="Epoch">Counts how often the sender lost its permission.</param>
/// <param name="Command">Number of the last <see cref="HoldCommand"/> of this term that was looked at.</param>
/// <param name="News">Number of the last <see cref="ConnectionLine"/> before this heartbeat.</param>
/// <param name="Held">Addresses that the sender serves.</param>
/// <param name="Wanted">Addresses that it serves, is about to take, or is about to let go.</param>
public sealed record Heartbeat(
    long Number, long Echo, MemberState State, long Term, bool Leading, long Epoch, long Command, long News,
    IReadOnlyList<IPAddress> Held, IReadOnlyList<IPAddress> Wanted, long TableTerm, long TableVersion);

/// <summary>What the receiver shall hold from now on: these addresses and no others.</summary>
/// <param name="Number">Counts the commands to this receiver.</param>
/// <param name="Order">Greater than that of every command before, to whomever, by whichever leader.</param>
public sealed record HoldCommand(
    long Term, long Epoch, long Number, long Order, IReadOnlyList<IPAddress> Addresses);

/// <summary>What the leader knows of the cluster. A greater (Term, Version) replaces a smaller one.</summary>
/// <param name="Generation">Counts changes of the membership.</param>
/// <param name="Addresses">All public addresses with their owners.</param>
/// <param name="LastOwners">For addresses without owner, whose they were.</param>
/// <param name="AddressPins">Where an administrator moved an address.</param>
public sealed record ClusterTable(
    long Term, long Version, long Generation, string Leader,
    IReadOnlyList<AddressOwner> Addresses, IReadOnlyList<AddressOwner> LastOwners, IReadOnlyList<ShareOwner> Shares,
    IReadOnlyList<MemberStatus> Members, IReadOnlyList<AddressOwner> AddressPins, IReadOnlyList<ShareOwner> SharePins)
{
    public static ClusterTable Empty { get; } = new(0, 0, 0, "", [], [], [], [], [], []);

    public string? OwnerOf(IPAddress address) => Find(Addresses, address);

    public string? LastOwnerOf(IPAddress address) => Find(LastOwners, address);

    public string? OwnerOf(string share) => Shares.FirstOrDefault(entry => entry.Share == share)?.Owner;

    public bool IsOlderThan(ClusterTable other) => (Term, Version).CompareTo((other.Term, other.Version)) < 0;

    /// <summary>Nothing differs but the version.</summary>
    public bool SaysTheSameAs(ClusterTable other) =>
        Term == other.Term && Generation == other.Generation && Leader == other.Leader
        && Addresses.SequenceEqual(other.Addresses) && LastOwners.SequenceEqual(other.LastOwners)
        && Shares.SequenceEqual(other.Shares) && Members.SequenceEqual(other.Members)
        && AddressPins.SequenceEqual(other.AddressPins) && SharePins.SequenceEqual(other.SharePins);

    private static string? Find(IReadOnlyList<AddressOwner> entries, IPAddress address) =>
        entries.FirstOrDefault(entry => entry.Address.Equals(address))?.Owner;
}

/// <param name="Id">Chosen by the sender, for the response.</param>
public sealed record RoutedRequest(long Id, ControlRequest Request);

public sealed record RoutedResponse(long Id, ControlResponse Response);
