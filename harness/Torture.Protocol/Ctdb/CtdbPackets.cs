namespace Torture.Protocol.Ctdb;

/// <summary>A whole packet. The generation is the sender's, and nobody looks at it here.</summary>
/// <param name="Destination">A node's number, or one of <see cref="CtdbNodeNumber"/>.</param>
/// <param name="Source">Of a client 0; the daemon fills it in.</param>
/// <param name="RequestId">Chosen by who asks, echoed by who answers.</param>
public abstract record CtdbPacket(uint Generation, uint Destination, uint Source, uint RequestId);

/// <summary>A control: something that the daemon of a node shall do or tell.</summary>
/// <param name="Srvid">What REGISTER_SRVID and DEREGISTER_SRVID are about; else 0.</param>
public sealed record CtdbRequest(
    uint Generation, uint Destination, uint Source, uint RequestId,
    CtdbControl Control, ulong Srvid, uint ClientId, CtdbControlFlags Flags, ReadOnlyMemory<byte> Data)
    : CtdbPacket(Generation, Destination, Source, RequestId)
{
    /// <summary>As a client sends it.</summary>
    public CtdbRequest(uint destination, uint requestId, CtdbControl control)
        : this(0, destination, 0, requestId, control, 0, 0, CtdbControlFlags.None, default)
    {
    }
}

/// <summary>The answer to a control.</summary>
/// <param name="Status">Below zero: refused. Some controls answer in it.</param>
/// <param name="Error">Why, where the daemon says so; else empty.</param>
public sealed record CtdbReply(
    uint Generation, uint Destination, uint Source, uint RequestId,
    int Status, ReadOnlyMemory<byte> Data, string Error)
    : CtdbPacket(Generation, Destination, Source, RequestId);

/// <summary>A message for whoever has registered for its srvid. Of a delivered one the sender is not known.</summary>
public sealed record CtdbMessage(
    uint Generation, uint Destination, uint Source, uint RequestId, ulong Srvid, ReadOnlyMemory<byte> Data)
    : CtdbPacket(Generation, Destination, Source, RequestId)
{
    /// <summary>As a client sends it.</summary>
    public CtdbMessage(uint destination, ulong srvid, ReadOnlyMemory<byte> data)
        : this(0, destination, 0, 0, srvid, data)
    {
    }
}
