namespace Torture.Requirements;

// The witness service in a failover.
public static partial class Ctdb
{
    /// <summary>After a failover the interface list of every node names the new owner of each address.</summary>
    [Requirement("Witness", Level.Must)]
    public const string InterfaceListFollowsOwnership = "CTDB-029";

    /// <summary>In a settled cluster the lists of all nodes agree in all but INTERFACE_WITNESS.</summary>
    [Requirement("Witness", Level.Must)]
    public const string InterfaceListAgrees = "CTDB-030";

    /// <summary>An address that nobody owns is UNAVAILABLE in the interface list.</summary>
    [Requirement("Witness", Level.Must)]
    public const string UnownedAddressUnavailable = "CTDB-031";

    /// <summary>A failover of an address notifies every registration for it.</summary>
    [Requirement("Witness", Level.Must)]
    public const string AllRegisteredAreTold = "CTDB-032";

    /// <summary>A notification reaches nobody whom the event does not concern.</summary>
    [Requirement("Witness", Level.Must)]
    public const string OnlyRegisteredAreTold = "CTDB-033";

    /// <summary>No notification is lost between calls, over moves or by a recovery.</summary>
    [Requirement("Witness", Level.Must)]
    public const string NotificationNotLost = "CTDB-034";

    /// <summary>No notification is sent that no event explains.</summary>
    [Requirement("Witness", Level.Must)]
    public const string NotificationNotInvented = "CTDB-035";

    /// <summary>A client hears of changes in the order in which they happened.</summary>
    [Requirement("Witness", Level.Must)]
    public const string NotificationOrderKept = "CTDB-036";

    /// <summary>A client is told of a failover within the target's notification limit.</summary>
    [Requirement("Witness", Level.Should)]
    public const string NotifiedBeforeServedElsewhere = "CTDB-037";

    /// <summary>A registration lives on the node that took it and is known on no other.</summary>
    [Requirement("Witness", Level.Must)]
    public const string RegistrationStaysWhereTaken = "CTDB-038";

    /// <summary>The registrations of a lost node are gone: their handles are unknown when it returns.</summary>
    [Requirement("Witness", Level.Must)]
    public const string RegistrationDiesWithNode = "CTDB-039";

    /// <summary>A failover of other nodes leaves a registration valid.</summary>
    [Requirement("Witness", Level.Must)]
    public const string RegistrationSurvivesForeignFailover = "CTDB-040";

    /// <summary>A client that loses its witness node can register at another and hears of later events.</summary>
    [Requirement("Witness", Level.Must)]
    public const string RegistersElsewhere = "CTDB-041";

    /// <summary>Stopping the witness service of a node ends its registrations and moves no address.</summary>
    [Requirement("Witness", Level.Should)]
    public const string WitnessStopsAlone = "CTDB-042";

    /// <summary>
    /// A registration that was ended by the administrator completes its pending call with ERROR_NOT_FOUND.
    /// </summary>
    [Requirement("Witness", Level.Must)]
    public const string ForcedUnregister = "CTDB-043";
}
