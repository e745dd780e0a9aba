namespace Torture.Protocol.Rpc;

/// <summary>One call as the client sees it.</summary>
public sealed class RpcCall
{
    internal RpcCall(uint callId) => CallId = callId;

    public uint CallId { get; }

    /// <summary>
    /// The response stub. Ends with <see cref="RpcFaultException"/> on a fault, with
    /// <see cref="RpcConnectionClosedException"/> when the connection ends first.
    /// </summary>
    public Task<ReadOnlyMemory<byte>> Response => throw new NotSupportedException();

    /// <summary>Sends co_cancel: advice, the answer still comes ([C706] 12.6.4.5).</summary>
    public Task CancelAsync() => throw new NotSupportedException();

    /// <summary>Sends orphaned: no answer is awaited any more, <see cref="Response"/> is cancelled.</summary>
    public Task OrphanAsync() => throw new NotSupportedException();
}
