namespace Torture.Protocol.Rpc;

/// <summary>RPC_C_AUTHN_LEVEL_xxx of the security trailer ([MS-RPCE] 2.2.1.1.8).</summary>
public enum AuthenticationLevel : byte
{
    Default = 0,
    None = 1,
    Connect = 2,
    Call = 3,
    Packet = 4,
    Integrity = 5,
    Privacy = 6,
}

/// <summary>RPC_C_AUTHN_xxx of the security trailer ([MS-RPCE] 2.2.1.1.7).</summary>
public enum AuthenticationType : byte
{
    None = 0,
    Spnego = 9,
    Ntlmssp = 10,
    Kerberos = 16,
}
