namespace Torture.Protocol.Rpc;

/// <summary>A call ended with a fault PDU: at the client one came, at the server one is to be sent.</summary>
public sealed class RpcFaultException(RpcFault status, bool didNotExecute = false)
    : Exception($"fault {status} (0x{(uint)status:X8}){(didNotExecute ? ", did not execute" : "")}")
{
    public RpcFault Status { get; } = status;

    /// <summary>The peer is certain that the call was not executed.</summary>
    public bool DidNotExecute { get; } = didNotExecute;
}

/// <summary>How a connection ended.</summary>
public enum RpcConnectionEnd
{
    /// <summary>The peer closed in order.</summary>
    Fin,

    /// <summary>The peer or its network reset the connection.</summary>
    Reset,

    /// <summary>The peer sent what the protocol does not allow; this side closed.</summary>
    ProtocolError,

    /// <summary>This side closed.</summary>
    ClosedHere,
}

/// <summary>The connection ended before the answer came.</summary>
public sealed class RpcConnectionClosedException(RpcConnectionEnd how, Exception? inner = null)
    : Exception($"connection ended: {how}{(inner is null ? "" : $" ({inner.Message})")}", inner)
{
    public RpcConnectionEnd How { get; } = how;
}

/// <summary>
/// A bind was refused: by a bind_nak (<see cref="Reason"/>), by the result of the presentation context
/// (<see cref="Result"/> and <see cref="ProviderReason"/>), or by a fault of a later leg (<see cref="Fault"/>).
/// </summary>
public sealed class RpcBindException : Exception
{
    public RpcBindException(BindRejectReason reason)
        : base($"bind_nak: {reason}") => Reason = reason;

    public RpcBindException(PresentationResult result, ProviderReason reason)
        : base($"presentation context: {result}, {reason}") => (Result, ProviderReason) = (result, reason);

    public RpcBindException(RpcFault fault)
        : base($"fault {fault} (0x{(uint)fault:X8}) in answer to a bind leg") => Fault = fault;

    public BindRejectReason? Reason { get; }

    public PresentationResult? Result { get; }

    public ProviderReason? ProviderReason { get; }

    public RpcFault? Fault { get; }
}
