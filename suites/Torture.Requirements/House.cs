namespace Torture.Requirements;

/// <summary>The rules that hold for every server, whatever the specification says.</summary>
public static partial class House
{
    /// <summary>After any bad input the server answers the next well-formed call.</summary>
    [Requirement("Robustness", Level.Must)]
    public const string StaysUp = "HOUSE-001";

    /// <summary>Bad input on one connection disturbs no other connection.</summary>
    [Requirement("Robustness", Level.Must)]
    public const string OthersServedDuringBadInput = "HOUSE-002";

    /// <summary>
    /// Every request ends with a response, a fault or the end of the connection, long polls excepted.
    /// </summary>
    [Requirement("Robustness", Level.Must)]
    public const string NeverHangs = "HOUSE-003";

    /// <summary>No input makes the server hold more memory than its documented limits.</summary>
    [Requirement("Robustness", Level.Must)]
    public const string BoundedMemory = "HOUSE-004";

    /// <summary>No input makes the server work for longer than in proportion to its size.</summary>
    [Requirement("Robustness", Level.Must)]
    public const string BoundedTime = "HOUSE-005";

    /// <summary>Unregistering or disconnecting leaves no registration, call or connection behind.</summary>
    [Requirement("Robustness", Level.Must)]
    public const string NothingLeftBehind = "HOUSE-006";

    /// <summary>Bad input is answered by the documented status or fault, not by silence.</summary>
    [Requirement("Robustness", Level.Should)]
    public const string ClearErrors = "HOUSE-007";

    /// <summary>What one client does is neither seen nor disturbed by another.</summary>
    [Requirement("Robustness", Level.Must)]
    public const string PeersAreIsolated = "HOUSE-008";

    /// <summary>A response holds no bytes that are not of its message.</summary>
    [Requirement("Robustness", Level.Must)]
    public const string NoSecretsTold = "HOUSE-009";

    /// <summary>A decoder takes the whole message and nothing beyond it.</summary>
    [Requirement("Codec", Level.Must)]
    public const string DecoderConsumesExactly = "HOUSE-010";

    /// <summary>Every proper prefix of a message is refused with a clear error.</summary>
    [Requirement("Codec", Level.Must)]
    public const string DecoderRefusesTruncation = "HOUSE-011";

    /// <summary>A decoder allocates no more than the message can hold.</summary>
    [Requirement("Codec", Level.Must)]
    public const string DecoderBoundsAllocation = "HOUSE-012";

    /// <summary>What was encoded decodes to an equal value.</summary>
    [Requirement("Codec", Level.Must)]
    public const string EncoderRoundTrips = "HOUSE-013";

    /// <summary>A value outside its documented set is reported with its field.</summary>
    [Requirement("Codec", Level.Should)]
    public const string UnknownValuesReported = "HOUSE-014";

    /// <summary>A wrong password ends in access denied at the client.</summary>
    [Requirement("Security", Level.Must)]
    public const string WrongPasswordRefused = "HOUSE-015";

    /// <summary>A call whose signature does not hold is not executed.</summary>
    [Requirement("Security", Level.Must)]
    public const string TamperedCallRefused = "HOUSE-016";

    /// <summary>A client does not believe a reply whose signature does not hold.</summary>
    [Requirement("Security", Level.Must)]
    public const string TamperedReplyRefused = "HOUSE-017";

    /// <summary>Many registrations with pending calls are all notified by one event.</summary>
    [Requirement("Scale", Level.Should)]
    public const string ManyClientsServed = "HOUSE-018";

    /// <summary>Registering and unregistering again and again leaves the server as it was.</summary>
    [Requirement("Scale", Level.Should)]
    public const string ChurnLeaksNothing = "HOUSE-019";

    /// <summary>A client that does not read its replies holds up nobody else.</summary>
    [Requirement("Scale", Level.Should)]
    public const string SlowReaderHoldsUpNothing = "HOUSE-020";

    /// <summary>A connection that sends half a message and no more holds no resource for ever.</summary>
    [Requirement("Scale", Level.Should)]
    public const string HalfOpenConnectionEnds = "HOUSE-021";
}
