namespace Torture.Requirements;

// The management interface.
public static partial class Rpce
{
    /// <summary>is_server_listening of a running server answers status 0 and true.</summary>
    [Requirement("Q", Level.Must)]
    public const string IsServerListening = "RPC-097";

    /// <summary>inq_if_ids lists the interfaces that the endpoint serves.</summary>
    [Requirement("Q", Level.Must)]
    public const string InterfaceIds = "RPC-098";

    /// <summary>
    /// inq_princ_name returns the principal of an authentication service, null-terminated and within the size.
    /// </summary>
    [Requirement("Q", Level.Must)]
    public const string PrincipalName = "RPC-099";

    /// <summary>inq_princ_name for an unknown authentication service returns its own status.</summary>
    [Requirement("Q", Level.Defines)]
    public const string PrincipalNameUnknownService = "RPC-100";

    /// <summary>inq_princ_name with too small a buffer returns an error, not a longer string.</summary>
    [Requirement("Q", Level.Defines)]
    public const string PrincipalNameTooSmall = "RPC-101";

    /// <summary>stop_server_listening from remote is denied.</summary>
    [Requirement("Q", Level.Must)]
    public const string StopDenied = "RPC-102";

    /// <summary>Every endpoint serves the management interface.</summary>
    [Requirement("Q", Level.Defines)]
    public const string ManagementOnEveryEndpoint = "RPC-103";

    /// <summary>The management interface answers callers that are not authenticated.</summary>
    [Requirement("2.2.1.3", Level.Defines, Specification = "MS-RPCE")]
    public const string ManagementWithoutAuthentication = "RPC-104";

    /// <summary>inq_stats returns no more counters than were asked for.</summary>
    [Requirement("Q", Level.Defines)]
    public const string Statistics = "RPC-105";
}
