namespace Torture.Protocol.Ndr;

/// <summary>A stub is not what NDR says it must be.</summary>
public sealed class NdrException(string message, string citation, long offset)
    : ProtocolException(message, citation, offset);
