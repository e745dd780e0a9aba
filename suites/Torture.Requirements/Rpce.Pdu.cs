namespace Torture.Requirements;

// The common header and the framing of PDUs.
/// <summary>[C706] and [MS-RPCE]: connection-oriented DCE/RPC as far as the suites check it.</summary>
public static partial class Rpce
{
    /// <summary>Every PDU has version 5.0; another version is refused.</summary>
    [Requirement("3.3.1.5.1", Level.Should, Specification = "MS-RPCE")]
    public const string VersionFive = "RPC-001";

    /// <summary>Header and stub are read in the byte order that the sender's label announces.</summary>
    [Requirement("14.1", Level.Must)]
    public const string DataRepresentationHonoured = "RPC-002";

    /// <summary>frag_length counts the whole PDU with header, trailer and token.</summary>
    [Requirement("12.6.3", Level.Must)]
    public const string FragmentLengthCoversPdu = "RPC-003";

    /// <summary>A frag_length that cannot hold the PDU's own fields is a protocol error.</summary>
    [Requirement("3.3.3.5.7", Level.Must, Specification = "MS-RPCE")]
    public const string FragmentLengthTooShort = "RPC-004";

    /// <summary>An auth_length that the PDU cannot hold is a protocol error.</summary>
    [Requirement("2.2.2.11", Level.Must, Specification = "MS-RPCE")]
    public const string AuthLengthTooLong = "RPC-005";

    /// <summary>
    /// A PDU type that is unknown or not meant for a server is answered nca_proto_error, and the connection ends.
    /// </summary>
    [Requirement("3.3.3.5.7", Level.Must, Specification = "MS-RPCE")]
    public const string UnexpectedPduType = "RPC-006";

    /// <summary>A response or fault carries the call_id of its request.</summary>
    [Requirement("12.6.3.5", Level.Must)]
    public const string CallIdEchoed = "RPC-007";

    /// <summary>The reserved flag is sent as 0 and ignored on receipt.</summary>
    [Requirement("12.6.3.1", Level.Must)]
    public const string ReservedFlagIgnored = "RPC-008";

    /// <summary>PDUs are found by their length, however the transport cuts the stream.</summary>
    [Requirement("12.6.2", Level.Must)]
    public const string SplitAnywhere = "RPC-009";

    /// <summary>A request with the maybe flag is treated as a normal call.</summary>
    [Requirement("2.2.2.2", Level.Defines, Specification = "MS-RPCE", Note = "Observed of Windows.")]
    public const string MaybeStillAnswered = "RPC-010";
}
