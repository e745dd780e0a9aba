using System.Buffers;
using Torture.Protocol.Security;

namespace Torture.Protocol.Rpc;

public sealed partial class RpcServerConnection
{
    private readonly Dictionary<uint, RpcServerCall> _executing = [];

    private int ExecutingCount
    {
        get
        {
            lock (_executing)
            {
                return _executing.Count;
            }
        }
    }

    private bool IsExecuting(uint callId) => FindExecuting(callId) is not null;

    private RpcServerCall? FindExecuting(uint callId)
    {
        lock (_executing)
        {
            return _executing.GetValueOrDefault(callId);
        }
    }

    private void RemoveExecuting(RpcServerCall call)
    {
        lock (_executing)
        {
            if (_executing.GetValueOrDefault(call.CallId) == call)
            {
                _executing.Remove(call.CallId);
            }
        }
    }

    private RpcServerCall[] TakeExecuting()
    {
        lock (_executing)
        {
            RpcServerCall[] calls = [.. _executing.Values];
            _executing.Clear();
            return calls;
        }
    }

    /// <summary>A whole request has come: what it must not be, and then the interface.</summary>
    private void Execute(IncomingRequest request)
    {
        var callId = request.First.Header.CallId;
        var contextId = request.First.ContextId;
        if (_server.FindContext(this, contextId) is not { } binding)
        {
            Refuse(request, 0, RpcFault.nca_unk_if, PduFlags.DidNotExecute);
            return;
        }

        var caller = request.Slot?.Caller ?? Anonymous;
        if (!_server.LevelSuffices(binding.Interface, caller.Level))
        {
            Refuse(request, contextId, RpcFault.RPC_S_ACCESS_DENIED, PduFlags.None);
        }
        else if (!_server.OperationExists(binding.Interface, request.First.Opnum))
        {
            Refuse(request, contextId, RpcFault.nca_op_rng_error, PduFlags.DidNotExecute);
        }
        else if (!_server.RepresentationAllowed(
            _server.StubSyntax(binding.TransferSyntax, request.First.Header.Representation)))
        {
            Refuse(request, contextId, RpcFault.nca_proto_error, PduFlags.None);
            _closing = true;
        }
        else if (ExecutingCount >= _server.Options.Limits.OutstandingCalls)
        {
            Refuse(request, contextId, RpcFault.nca_server_too_busy, PduFlags.DidNotExecute);
        }
        else
        {
            Invoke(request, binding, caller);
        }
    }

    private void Refuse(IncomingRequest request, ushort contextId, RpcFault status, PduFlags flags)
    {
        Fault(request.First.Header.CallId, contextId, status, flags);
        request.Release();
    }

    private void Invoke(IncomingRequest request, PresentationBinding binding, RpcCaller caller)
    {
        var length = request.Length;
        var stub = request.Take();
        var trailerAt = VerificationTrailer.Find(stub.AsSpan(0, length));
        var first = request.First;
        var call = new RpcServerCall(caller, Association!, Id)
        {
            CallId = first.Header.CallId,
            ContextId = first.ContextId,
            Opnum = first.Opnum,
            Object = first.Object,
            Stub = stub.AsMemory(0, trailerAt < 0 ? length : trailerAt),
            Representation = first.Header.Representation,
            Syntax = _server.StubSyntax(binding.TransferSyntax, first.Header.Representation),
            Slot = request.Slot,
            PooledStub = stub,
        };
        if (trailerAt >= 0 && !TrailerHolds(call, binding, stub.AsSpan(trailerAt, length - trailerAt)))
        {
            Release(call);
            FaultAndClose(call.CallId, call.ContextId, RpcFault.RPC_S_ACCESS_DENIED, PduFlags.None);
            return;
        }

        Start(call, binding.Interface);
    }

    private bool TrailerHolds(RpcServerCall call, PresentationBinding binding, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _server.VerificationTrailerHolds(this, call, binding, VerificationTrailer.Read(bytes));
        }
        catch (ProtocolException violation)
        {
            Log(violation.Message);
            return false;
        }
    }

    private void Start(RpcServerCall call, IRpcInterface rpcInterface)
    {
        _server.CountCall();
        ValueTask running;
        try
        {
            running = rpcInterface.InvokeAsync(call);
            if (running.IsCompleted)
            {
                running.GetAwaiter().GetResult();
                Finish(call, null);
                return;
            }
        }
        catch (Exception failure)
        {
            Finish(call, failure);
            return;
        }

        lock (_executing)
        {
            _executing.Add(call.CallId, call);
        }

        _ = FinishLaterAsync(running, call);
    }

    private async Task FinishLaterAsync(ValueTask running, RpcServerCall call)
    {
        Exception? failure = null;
        try
        {
            await running;
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        Finish(call, failure);
        await _output.FlushAsync();
    }

    private void Finish(RpcServerCall call, Exception? failure)
    {
        var fault = failure is null ? call.FaultStatus : _server.FaultStatus(call, failure);
        if (fault is null && call.ResponseStub.Stub.Length > _server.Options.Limits.Response)
        {
            fault = RpcFault.nca_out_args_too_big;
        }

        RemoveExecuting(call);
        if (call.AbortReason is not (AbortReason.Orphaned or AbortReason.ConnectionLost))
        {
            Answer(call, fault, failure);
        }

        Release(call);
    }

    private void Answer(RpcServerCall call, RpcFault? fault, Exception? failure)
    {
        if (fault is { } status)
        {
            var notExecuted = failure is RpcFaultException { DidNotExecute: true };
            Fault(call.CallId, call.ContextId, status, notExecuted ? PduFlags.DidNotExecute : PduFlags.None);
            return;
        }

        _server.CountPacketOut();
        var head = new MessageHead(
            PduType.Response, _server.ResponseCallId(this, call.CallId), _server.ResponseContextId(call.ContextId), 0,
            null, call.Representation);
        lock (_output.Gate)
        {
            ComposeAnswer(call, head, call.ResponseStub.Stub);
        }
    }

    private void ComposeAnswer(RpcServerCall call, MessageHead head, ReadOnlySpan<byte> stub)
    {
        var mark = _output.Composed;
        if (!_output.MayCompose(stub.Length))
        {
            return;
        }

        try
        {
            FragmentComposer.Compose(_output, head, stub, call.Slot, MaxFragment, this);
        }
        catch (SecurityContextException refused)
        {
            Log($"response not protected: {refused.Message}");
            _output.Rollback(mark);
            _output.Append(PduWriter.Write(
                new FaultPdu(call.CallId, call.ContextId, RpcFault.RPC_S_SEC_PKG_ERROR)));
        }
    }

    private static void Release(RpcServerCall call)
    {
        call.ResponseStub.Release();
        if (call.PooledStub.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(call.PooledStub);
        }
    }
}
