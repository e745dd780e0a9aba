using System.Buffers;
using Torture.Protocol.Ndr;

namespace Torture.Protocol.Rpc;

/// <summary>One call as the interface sees it.</summary>
public sealed class RpcServerCall
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _aborted;
    private AbortReason _abortReason;

    internal RpcServerCall(RpcCaller caller, AssociationGroup association, long connectionId)
    {
        Caller = caller;
        Association = association;
        ConnectionId = connectionId;
    }

    public uint CallId { get; internal init; }

    public ushort ContextId { get; internal init; }

    public ushort Opnum { get; internal init; }

    /// <summary>The object UUID of the request, where it carried one.</summary>
    public Guid? Object { get; internal init; }

    /// <summary>The reassembled request stub without a verification trailer; valid until InvokeAsync ends.</summary>
    public ReadOnlyMemory<byte> Stub { get; internal init; }

    /// <summary>Transfer syntax of the presentation context, byte order of the request.</summary>
    public NdrSyntax Syntax { get; internal init; }

    public RpcCaller Caller { get; }

    public AssociationGroup Association { get; }

    /// <summary>Which connection of this server: never used twice.</summary>
    public long ConnectionId { get; }

    /// <summary>Takes the response stub.</summary>
    public IBufferWriter<byte> Response => ResponseStub;

    /// <summary>Set: the call ends with this fault whatever the response holds.</summary>
    public RpcFault? FaultStatus { get; private set; }

    /// <summary>Why <see cref="Aborted"/> fired.</summary>
    public AbortReason AbortReason
    {
        get
        {
            lock (_gate)
            {
                return _abortReason;
            }
        }
    }

    /// <summary>Fires on co_cancel, on orphaned, and when the connection ends: the interface decides.</summary>
    public CancellationToken Aborted
    {
        get
        {
            lock (_gate)
            {
                if (_aborted is null)
                {
                    _aborted = new CancellationTokenSource();
                    if (_abortReason != AbortReason.None)
                    {
                        _aborted.Cancel();
                    }
                }

                return _aborted.Token;
            }
        }
    }

    internal DataRepresentation Representation { get; init; }

    internal SecuritySlot? Slot { get; init; }

    internal byte[] PooledStub { get; init; } = [];

    internal ResponseBuffer ResponseStub { get; } = new();

    /// <summary>Ends the call with a fault once InvokeAsync returns.</summary>
    public void Fault(RpcFault status) => FaultStatus = status;

    /// <summary>The first reason stays, except that a call which was cancelled may still be orphaned or lost.</summary>
    internal void Abort(AbortReason reason)
    {
        CancellationTokenSource? aborted;
        lock (_gate)
        {
            if (_abortReason is not (AbortReason.None or AbortReason.Cancelled))
            {
                return;
            }

            _abortReason = reason;
            aborted = _aborted;
        }

        aborted?.Cancel();
    }
}
