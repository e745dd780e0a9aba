namespace Torture.Requirements;

// Public addresses.
/// <summary>CTDB-like failover: what clients may rely on while nodes come and go.</summary>
public static partial class Ctdb
{
    /// <summary>No public address is ever held by two nodes at once.</summary>
    [Requirement("Addresses", Level.Must)]
    public const string OneOwnerPerAddress = "CTDB-001";

    /// <summary>
    /// While a healthy node is there, every public address has an owner again within the failover limit.
    /// </summary>
    [Requirement("Addresses", Level.Must)]
    public const string EveryAddressServed = "CTDB-002";

    /// <summary>The node that is said to own an address is the one that answers on it.</summary>
    [Requirement("Addresses", Level.Must)]
    public const string OwnerServesAddress = "CTDB-003";

    /// <summary>An owner that was frozen past the limit lets its addresses go before it serves again.</summary>
    [Requirement("Addresses", Level.Must)]
    public const string StaleOwnerLetsGo = "CTDB-004";

    /// <summary>No request that arrives after the new owner's first response is answered by the old owner.</summary>
    [Requirement("Addresses", Level.Must)]
    public const string NothingAnsweredByOldOwner = "CTDB-005";

    /// <summary>A node that cannot reach the holder of the cluster lock lets its addresses go.</summary>
    [Requirement("Addresses", Level.Must)]
    public const string PartitionLoserLetsGo = "CTDB-006";

    /// <summary>In a partition only the side that holds the cluster lock takes addresses.</summary>
    [Requirement("Addresses", Level.Must)]
    public const string OneSideServes = "CTDB-007";

    /// <summary>Addresses are spread over the healthy nodes as evenly as their number allows.</summary>
    [Requirement("Addresses", Level.Should)]
    public const string AllocationEven = "CTDB-008";

    /// <summary>The same nodes and addresses give the same allocation.</summary>
    [Requirement("Addresses", Level.Should, Note = "CTDB's LCP2 leaves addresses where they are.")]
    public const string AllocationDeterministic = "CTDB-009";

    /// <summary>A disabled, stopped, banned or unhealthy node owns no address while another node can.</summary>
    [Requirement("Addresses", Level.Must)]
    public const string OnlyHealthyNodesOwn = "CTDB-010";

    /// <summary>A moved address is let go by its owner and served by the node that was named.</summary>
    [Requirement("Addresses", Level.Must)]
    public const string MoveAddressMoves = "CTDB-011";

    /// <summary>Disabling a node moves its addresses to other nodes while the node itself goes on answering.</summary>
    [Requirement("Addresses", Level.Must)]
    public const string DisabledNodeGivesUpAddresses = "CTDB-012";

    /// <summary>The last node that can hold the cluster lock serves all addresses.</summary>
    [Requirement("Addresses", Level.Must)]
    public const string LastNodeServes = "CTDB-013";

    /// <summary>The new owner of an address sends a tickle ACK for each connection that was known there.</summary>
    [Requirement("Addresses", Level.Should, Note = "Not on loopback.")]
    public const string ClientsTickled = "CTDB-014";

    /// <summary>
    /// The new owner of an address announces it by gratuitous ARP or an unsolicited neighbour advertisement.
    /// </summary>
    [Requirement("Addresses", Level.Should, Note = "Not on loopback.")]
    public const string NeighboursTold = "CTDB-015";

    /// <summary>The new owner of an address announces it three times or more, about 1.1 s apart.</summary>
    [Requirement("Addresses", Level.Should, Note = "Not on loopback.")]
    public const string AnnouncedThreeTimes = "CTDB-044";

    /// <summary>An address is announced by its owner alone, under the link address of the owner.</summary>
    [Requirement("Addresses", Level.Must, Note = "Not on loopback.")]
    public const string AnnouncedByOwner = "CTDB-045";

    /// <summary>A client that answers a tickle is reset by the new owner.</summary>
    [Requirement("Addresses", Level.Should, Note = "Not on loopback.")]
    public const string TickledClientsReset = "CTDB-046";

    /// <summary>A connection to an address that has another owner now does not hang.</summary>
    [Requirement("Addresses", Level.Must, Note = "Not on loopback.")]
    public const string OldConnectionsEnd = "CTDB-047";
}
