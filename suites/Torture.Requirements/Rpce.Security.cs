namespace Torture.Requirements;

// Security contexts and trailers.
public static partial class Rpce
{
    /// <summary>The security trailer lies at frag_length - auth_length - 8.</summary>
    [Requirement("2.2.2.11", Level.Must, Specification = "MS-RPCE")]
    public const string TrailerFromTheEnd = "RPC-068";

    /// <summary>The security trailer is aligned to 4 bytes; the padding is counted in auth_pad_length.</summary>
    [Requirement("2.2.2.11", Level.Must, Specification = "MS-RPCE")]
    public const string TrailerAligned = "RPC-069";

    /// <summary>
    /// A bind with an unknown authentication type is answered by bind_nak, authentication type not recognized.
    /// </summary>
    [Requirement("3.3.3.5.3", Level.Must, Specification = "MS-RPCE")]
    public const string AuthenticationTypeUnknown = "RPC-070";

    /// <summary>A bind with an invalid authentication level is answered by bind_nak.</summary>
    [Requirement("2.2.1.1.8", Level.Defines, Specification = "MS-RPCE")]
    public const string AuthenticationLevelInvalid = "RPC-071";

    /// <summary>Failed authentication ends in bind_nak, in access denied or in both, and nothing is executed.</summary>
    [Requirement("3.3.1.5.2.1", Level.Must, Specification = "MS-RPCE")]
    public const string AuthenticationFails = "RPC-072";

    /// <summary>A request before the security context is complete is not executed.</summary>
    [Requirement("3.3.1.5.2.1", Level.Must, Specification = "MS-RPCE")]
    public const string RequestBeforeAuthenticated = "RPC-073";

    /// <summary>auth3 is not answered; a failure shows with the first request.</summary>
    [Requirement("3.3.1.5.2.1", Level.Must, Specification = "MS-RPCE")]
    public const string Auth3HasNoReply = "RPC-074";

    /// <summary>A response has the protection of its request: level, type and context id.</summary>
    [Requirement("3.3.1.5.2.2", Level.Must, Specification = "MS-RPCE")]
    public const string ResponseProtected = "RPC-075";

    /// <summary>A request with a wrong signature faults with a security package error and is not executed.</summary>
    [Requirement("3.3.1.5.2.2", Level.Must, Specification = "MS-RPCE")]
    public const string BadSignatureRefused = "RPC-076";

    /// <summary>Fragments are signed and verified in the order of the wire: a replayed one is refused.</summary>
    [Requirement("3.3.1.5.2.2", Level.Must, Specification = "MS-RPCE")]
    public const string SequenceKept = "RPC-077";

    /// <summary>Level PACKET carries a real signature, as INTEGRITY does.</summary>
    [Requirement("2.2.1.1.8", Level.Defines, Specification = "MS-RPCE", Note = "Observed of Windows.")]
    public const string PacketLevelSigned = "RPC-078";

    /// <summary>At privacy level no stub is readable on the wire.</summary>
    [Requirement("3.3.1.5.2.2", Level.Must, Specification = "MS-RPCE")]
    public const string SealedIsUnreadable = "RPC-079";

    /// <summary>Header signing is used exactly if both sides announced it.</summary>
    [Requirement("3.3.1.5.2.2", Level.Should, Specification = "MS-RPCE")]
    public const string HeaderSigning = "RPC-080";

    /// <summary>A verification trailer after the stub is stripped, and refused where it contradicts the call.</summary>
    [Requirement("2.2.2.13", Level.Must, Specification = "MS-RPCE")]
    public const string VerificationTrailerTolerated = "RPC-081";

    /// <summary>
    /// On a protected context a request that lacks its trailer does not act with the caller's identity.
    /// </summary>
    [Requirement("2.2.2.11", Level.Must, Specification = "MS-RPCE")]
    public const string UnprotectedRequestRefused = "RPC-082";

    /// <summary>A trailer that names an unknown security context is refused.</summary>
    [Requirement("3.3.1.5.4", Level.Must, Specification = "MS-RPCE")]
    public const string UnknownSecurityContext = "RPC-083";
}
