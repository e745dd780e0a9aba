namespace Torture.Protocol.Security;

/// <summary>Object identifiers of mechanisms ([MS-SPNG] 1.9, RFC 4178).</summary>
public static class SpnegoOid
{
    public const string Spnego = "1.3.6.1.5.5.2";
    public const string Ntlmssp = "1.3.6.1.4.1.311.2.2.10";
    public const string Kerberos = "1.2.840.113554.1.2.2";

    /// <summary>Kerberos with the identifier that Windows offers first.</summary>
    public const string MicrosoftKerberos = "1.2.840.48018.1.2.2";
}
