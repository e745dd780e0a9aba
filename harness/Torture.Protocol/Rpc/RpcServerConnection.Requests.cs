namespace Torture.Protocol.Rpc;

public sealed partial class RpcServerConnection
{
    private IncomingRequest? _incoming;

    private void OnRequest(Span<byte> pdu, PduHeader header)
    {
        var fragment = _server.ReadFragment(pdu, header);
        if (_incoming is { } incoming)
        {
            OnFurtherFragment(incoming, pdu, fragment);
        }
        else if (!_server.BeginsCall(header.Flags))
        {
            OnStrayFragment(fragment);
        }
        else
        {
            OnFirstFragment(pdu, fragment);
        }
    }

    private void OnFirstFragment(Span<byte> pdu, FragmentLayout fragment)
    {
        var header = fragment.Header;
        if (_server.IsCancelPending(header.Flags))
        {
            FaultAndClose(header.CallId, 0, RpcFault.RPC_S_NO_CALL_ACTIVE, PduFlags.DidNotExecute);
            return;
        }

        if (!_server.MayStartCall(this, ExecutingCount) || IsExecuting(header.CallId))
        {
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.None);
            return;
        }

        RpcFault fault;
        PduFlags flags;
        SecuritySlot? slot;
        if (fragment.HasTrailer
            ? (slot = FindSlot(fragment, out fault, out flags)) is null
            : !FindDefault(out slot, out fault, out flags))
        {
            FaultAndClose(header.CallId, 0, fault, flags);
            return;
        }

        if (fragment.HasTrailer && !Unprotect(slot!, pdu, header, fragment.Body))
        {
            FaultAndClose(header.CallId, 0, RpcFault.RPC_S_SEC_PKG_ERROR, PduFlags.None);
            return;
        }

        StartRequest(pdu, fragment, slot);
    }

    private void StartRequest(ReadOnlySpan<byte> pdu, FragmentLayout fragment, SecuritySlot? slot)
    {
        var isLast = (fragment.Header.Flags & PduFlags.LastFragment) != 0;
        if (_server.IsRequestTooLong(_server.AnnouncedLength(fragment)))
        {
            FaultAndClose(fragment.Header.CallId, fragment.ContextId, RpcFault.RPC_S_ACCESS_DENIED, PduFlags.None);
            return;
        }

        var incoming = new IncomingRequest(fragment, slot);
        incoming.Append(pdu[fragment.StubStart..fragment.StubEnd]);
        if (isLast)
        {
            Execute(incoming);
        }
        else
        {
            _incoming = incoming;
        }
    }

    private void OnFurtherFragment(IncomingRequest incoming, Span<byte> pdu, FragmentLayout fragment)
    {
        var header = fragment.Header;
        if (header.CallId != incoming.First.Header.CallId)
        {
            OnForeignFragment(incoming, fragment);
            return;
        }

        var secured = incoming.First.HasTrailer;
        if (secured != fragment.HasTrailer)
        {
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.None);
        }
        else if (secured && !Unprotect(incoming.Slot!, pdu, header, fragment.Body))
        {
            FaultAndClose(header.CallId, 0, RpcFault.RPC_S_SEC_PKG_ERROR, PduFlags.None);
        }
        else if (!_server.Continues(incoming.First, fragment))
        {
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.None);
        }
        else
        {
            AppendFragment(incoming, pdu, fragment);
        }
    }

    private void AppendFragment(IncomingRequest incoming, ReadOnlySpan<byte> pdu, FragmentLayout fragment)
    {
        if (_server.IsRequestTooLong(incoming.Length + (fragment.StubEnd - fragment.StubStart)))
        {
            FaultAndClose(
                fragment.Header.CallId, incoming.First.ContextId, RpcFault.RPC_S_ACCESS_DENIED, PduFlags.None);
            return;
        }

        incoming.Append(pdu[fragment.StubStart..fragment.StubEnd]);
        if ((fragment.Header.Flags & PduFlags.LastFragment) != 0)
        {
            _incoming = null;
            Execute(incoming);
        }
    }

    /// <summary>A fragment of another call while one is half received ([MS-RPCE] 3.3.1.5.8).</summary>
    private void OnForeignFragment(IncomingRequest incoming, FragmentLayout fragment)
    {
        if (Multiplexing && (fragment.Header.Flags & PduFlags.FirstFragment) == 0)
        {
            OnStrayFragment(fragment);
            return;
        }

        var callId = Multiplexing ? fragment.Header.CallId : incoming.First.Header.CallId;
        FaultAndClose(callId, 0, RpcFault.nca_proto_error, PduFlags.None);
    }

    /// <summary>Not the first fragment, and of no known call.</summary>
    private void OnStrayFragment(FragmentLayout fragment)
    {
        var callId = fragment.Header.CallId;
        if (Multiplexing && _server.FindContext(this, fragment.ContextId) is null)
        {
            Fault(callId, 0, RpcFault.nca_unk_if, PduFlags.DidNotExecute);
        }
        else if (Multiplexing && fragment.HasTrailer && FindSlot(fragment, out var fault, out var flags) is null)
        {
            FaultAndClose(callId, 0, fault, flags);
        }
        else
        {
            FaultAndClose(callId, 0, RpcFault.nca_proto_error, PduFlags.None);
        }
    }

    private void DropIncoming()
    {
        _incoming?.Release();
        _incoming = null;
    }

    /// <summary>co_cancel and orphaned: no answer; unknown calls and those half received are ignored.</summary>
    private void OnAbandoned(Span<byte> pdu, PduHeader header)
    {
        if (header.AuthenticationLength != 0 && !VerifyAbandoned(pdu, header))
        {
            FaultAndClose(header.CallId, 0, RpcFault.RPC_S_SEC_PKG_ERROR, PduFlags.None);
            return;
        }

        if (FindExecuting(header.CallId) is not { } call)
        {
            AnswerUnanswered(header, null);
            return;
        }

        if (header.Type == PduType.CoCancel)
        {
            _server.OnCancel(this, call);
            return;
        }

        _server.OnOrphaned(this, call);
        if (call.AbortReason == AbortReason.Orphaned)
        {
            RemoveExecuting(call);
        }
    }

    private void AnswerUnanswered(PduHeader header, RpcFault? failure)
    {
        if (_server.AnswerToUnanswered(header, failure) is { } answer)
        {
            Conclude(answer);
        }
    }

    private bool VerifyAbandoned(Span<byte> pdu, PduHeader header)
    {
        var trailer = PduReader.ReadTrailer(pdu, header);
        return _slots.TryGetValue(trailer.ContextId, out var slot) && slot.Context.IsEstablished
            && slot.Failure is null && Unprotect(slot, pdu, header, PduHeader.Size..header.BodyEnd);
    }
}
