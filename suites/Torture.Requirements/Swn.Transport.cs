namespace Torture.Requirements;

// Transport, endpoint and security.
/// <summary>[MS-SWN], revisions 11.0 and 14.0: every sentence of the Service Witness Protocol.</summary>
public static partial class Swn
{
    /// <summary>
    /// The protocol is an RPC interface over ncacn_ip_tcp; no other protocol sequence and no named pipe is defined.
    /// </summary>
    [Requirement("1.5/2.1", Level.Must)]
    public const string OverTcpOnly = "SWN-R001";

    /// <summary>The interface is ccd8c074-d0e5-4a40-92b4-d074faa6ba28.</summary>
    [Requirement("1.9/2.1", Level.Must)]
    public const string InterfaceUuid = "SWN-R002";

    /// <summary>A bind to interface version 1.1 is accepted.</summary>
    [Requirement("2.1/6", Level.Defines, Note = "Section 2.1 says 1.0, the IDL says 1.1 (A1).")]
    public const string InterfaceVersion = "SWN-R003";

    /// <summary>The endpoint mapper answers ept_map for the interface with its dynamic TCP endpoint.</summary>
    [Requirement("2.1", Level.Defines)]
    public const string EndpointFromMapper = "SWN-R004";

    /// <summary>Any user may connect and bind; the identity comes with each call.</summary>
    [Requirement("2.1", Level.Defines)]
    public const string AnyUserMayConnect = "SWN-R005";

    /// <summary>Access checks of a method use the identity that RPC supplies for the caller.</summary>
    [Requirement("2.1", Level.Should)]
    public const string CallerIdentityDecides = "SWN-R006";

    /// <summary>Every method verifies that its caller may execute it.</summary>
    [Requirement("3.1.4", Level.Should)]
    public const string AccessCheckedPerMethod = "SWN-R007";

    /// <summary>A caller without the required credentials gets ERROR_ACCESS_DENIED.</summary>
    [Requirement("3.1.4", Level.Must)]
    public const string AccessDenied = "SWN-R008";

    /// <summary>A call below PKT_INTEGRITY fails with ERROR_ACCESS_DENIED.</summary>
    [Requirement("3.1.4 note <4> (v11: <3>)", Level.Defines,
        Note = "Samba refuses at bind, Windows by the return value (A2).")]
    public const string WeakAuthenticationLevelRefused = "SWN-R009";

    /// <summary>A call whose service is not SPNEGO, NTLM or Kerberos fails with ERROR_NOT_AUTHENTICATED.</summary>
    [Requirement("3.1.4 note <4> (v11: <3>)", Level.Defines, Note = "The refusal may come at bind.")]
    public const string UnknownAuthenticationServiceRefused = "SWN-R010";

    /// <summary>PKT_PRIVACY is accepted just as PKT_INTEGRITY is.</summary>
    [Requirement("3.1.4 note <4>", Level.Defines)]
    public const string PrivacyAccepted = "SWN-R011";

    /// <summary>A Windows client authenticates with SPNEGO at PKT_INTEGRITY on both of its connections.</summary>
    [Requirement("3.2.4.1 notes <11>,<12>", Level.Defines)]
    public const string ClientUsesIntegrityAndSpnego = "SWN-R012";

    /// <summary>
    /// A client asks for CIFS/&lt;cluster network name&gt;, or for the name that inq_princ_name returned.
    /// </summary>
    [Requirement("3.2.4.1 note <11>", Level.Defines)]
    public const string ServicePrincipalName = "SWN-R013";

    /// <summary>
    /// Address and resource blobs are little-endian bytes, whatever the data representation and transfer syntax.
    /// </summary>
    [Requirement("2.2.2", Level.Must)]
    public const string BlobsAreLittleEndian = "SWN-R014";

    /// <summary>
    /// Pointers are unique by default, ppContext is a reference, strings are UTF-16LE with a counted terminator.
    /// </summary>
    [Requirement("6", Level.Defines)]
    public const string PointersAndStrings = "SWN-R015";

    /// <summary>Return values are Win32 codes of [MS-ERREF] in their documented meaning.</summary>
    [Requirement("1.8", Level.Should)]
    public const string StatusFromErref = "SWN-R016";

    /// <summary>A method number that the server does not have is answered with the fault nca_op_rng_error.</summary>
    [Requirement("2.1 (MS-RPCE)", Level.Defines)]
    public const string OpnumOutOfRange = "SWN-R017";

    /// <summary>A server supports NDR20, also where it offers NDR64.</summary>
    [Requirement("derived", Level.Defines)]
    public const string Ndr20Supported = "SWN-R018";
}
