namespace Torture.Protocol.Rpc;

public sealed partial class RpcClient
{
    private readonly Dictionary<uint, RpcCall> _calls = [];
    private readonly Queue<(RpcCall Call, MessageHead Head, ReadOnlyMemory<byte> Stub)> _waiting = [];
    private readonly Lock _gate = new();
    private uint _lastCallId;

    /// <summary>Sends a request; the answer comes in <see cref="RpcCall.Response"/>.</summary>
    public RpcCall Start(ushort opnum, ReadOnlyMemory<byte> stub) => Start(
        new MessageHead(PduType.Request, 0, ContextId, opnum, null, DataRepresentation.LittleEndian), stub, _slot);

    /// <summary>Sends a request; the answer comes in <see cref="RpcCall.Response"/>.</summary>
    public RpcCall Start(RpcRequest request)
    {
        var head = new MessageHead(
            PduType.Request, 0, request.ContextId ?? ContextId, request.Opnum, request.Object,
            request.Representation);
        var slot = request.AuthenticationContextId is { } id ? _slots[id] : _slot;
        return Start(head, request.StubToSend(), slot);
    }

    internal Task SendCancelAsync(RpcCall call) => SendAsync(new CoCancelPdu(call.CallId));

    internal async Task SendOrphanedAsync(RpcCall call)
    {
        Forget(call);
        call.Abandon();
        await SendAsync(new OrphanedPdu(call.CallId));
        await SendWaitingAsync();
    }

    private async Task SendAsync(Pdu pdu)
    {
        _output.Append(PduWriter.Write(pdu));
        await _output.FlushAsync();
    }

    private uint NextCallId() => Interlocked.Increment(ref _lastCallId);

    private RpcCall Start(MessageHead head, ReadOnlyMemory<byte> stub, SecuritySlot? slot)
    {
        RpcCall call;
        lock (_output.Gate)
        {
            // Call ids increase in the order of sending ([MS-RPCE] 3.3.2.4.3).
            head = head with { CallId = NextCallId() };
            call = new RpcCall(this, head.CallId, slot, Syntax);
            if (Register(call, head, stub))
            {
                Compose(head, stub.Span, slot);
            }
        }

        if (_ended.Task.IsCompletedSuccessfully)
        {
            FailAll();
        }

        _ = _output.FlushAsync();
        return call;
    }

    /// <summary>False: the request has to wait for the one before.</summary>
    private bool Register(RpcCall call, MessageHead head, ReadOnlyMemory<byte> stub)
    {
        lock (_gate)
        {
            if (!Multiplexing && (_calls.Count > 0 || _waiting.Count > 0))
            {
                _waiting.Enqueue((call, head, stub));
                return false;
            }

            _calls.Add(call.CallId, call);
            return true;
        }
    }

    private void Compose(MessageHead head, ReadOnlySpan<byte> stub, SecuritySlot? slot)
    {
        if (_output.MayCompose(stub.Length))
        {
            FragmentComposer.Compose(_output, head, stub, slot, _maxFragment, this);
        }
    }

    /// <summary>Without concurrent multiplexing: the next request once the one before is answered.</summary>
    private async ValueTask SendWaitingAsync()
    {
        (RpcCall Call, MessageHead Head, ReadOnlyMemory<byte> Stub) next;
        lock (_gate)
        {
            if (_calls.Count > 0 || !_waiting.TryDequeue(out next))
            {
                return;
            }

            _calls.Add(next.Call.CallId, next.Call);
        }

        lock (_output.Gate)
        {
            Compose(next.Head, next.Stub.Span, next.Call.Slot);
        }

        await _output.FlushAsync();
    }

    private RpcCall? Find(uint callId)
    {
        lock (_gate)
        {
            return _calls.GetValueOrDefault(callId);
        }
    }

    private void Forget(RpcCall call)
    {
        lock (_gate)
        {
            _calls.Remove(call.CallId);
        }
    }

    private void FailAll()
    {
        RpcCall[] calls;
        lock (_gate)
        {
            calls = [.. _calls.Values, .. _waiting.Select(waiting => waiting.Call)];
            _calls.Clear();
            _waiting.Clear();
        }

        foreach (var call in calls)
        {
            call.Fail(new RpcConnectionClosedException(_ended.Task.Result, _cause));
        }
    }
}
