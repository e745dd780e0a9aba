namespace Torture.Protocol.Security;

/// <summary>Why a security context was refused or a protected fragment was not accepted.</summary>
public enum SecurityFailure
{
    /// <summary>A token that cannot be parsed or does not belong here.</summary>
    InvalidToken,

    /// <summary>Wrong password, unknown user or account not allowed.</summary>
    LogonDenied,

    /// <summary>Signature, checksum or sequence number do not fit the bytes.</summary>
    BadSignature,

    /// <summary>The context has not what the asked level needs (no signing, no sealing).</summary>
    Unsupported,
}

/// <summary>A security mechanism said no.</summary>
public sealed class SecurityContextException(SecurityFailure failure, string message, string citation)
    : ProtocolException(message, citation)
{
    public SecurityFailure Failure { get; } = failure;
}
