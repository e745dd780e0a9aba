using Torture.Protocol.Security;

namespace Torture.Protocol.Rpc;

public sealed partial class RpcServerConnection : IFragmentSteps
{
    private readonly Dictionary<uint, SecuritySlot> _slots = [];
    private SecuritySlot? _latest;

    void IFragmentSteps.Protect(SecuritySlot slot, Span<byte> pdu, Range body, Span<byte> token) =>
        _server.Protect(this, slot.Context, pdu, body, slot.EffectiveLevel, token);

    int IFragmentSteps.StubRoom(int free) => _server.StubRoom(free);

    PduFlags IFragmentSteps.PlaceFlags(bool isFirst, bool isLast) => _server.PlaceFlags(isFirst, isLast);

    /// <summary>The first leg in a bind.</summary>
    private BindRejectReason? StartSecurity(SecurityTrailer security, out SecurityTrailer? answer)
    {
        answer = null;
        if (_server.CreateAcceptor(security.Type) is not { } context)
        {
            return BindRejectReason.AuthenticationTypeNotRecognized;
        }

        return Step(AddSlot(security, context), security, out answer) is null
            ? null
            : BindRejectReason.InvalidChecksum;
    }

    /// <summary>A leg in an alter_context: the next one of a context, or the first one of another.</summary>
    private RpcFault? ContinueSecurity(SecurityTrailer security, out SecurityTrailer? answer)
    {
        answer = null;
        if (_slots.TryGetValue(security.ContextId, out var slot))
        {
            return CheckLeg(slot, security) ?? Step(slot, security, out answer);
        }

        if (_latest is { Context.IsEstablished: false, Failure: null }
            && !Has(BindTimeFeatures.SecurityContextMultiplexing))
        {
            return RpcFault.RPC_S_ACCESS_DENIED;
        }

        var allowed = Has(BindTimeFeatures.SecurityContextMultiplexing) ? _server.Options.Limits.SecurityContexts : 1;
        if (_slots.Count >= allowed)
        {
            return RpcFault.nca_proto_error;
        }

        if (_server.CheckBindSecurity(security) is not null
            || _server.CreateAcceptor(security.Type) is not { } context)
        {
            return RpcFault.RPC_S_ACCESS_DENIED;
        }

        return Step(AddSlot(security, context), security, out answer);
    }

    private bool Has(BindTimeFeatures feature) => (Features & feature) != 0;

    private static RpcFault? CheckLeg(SecuritySlot slot, SecurityTrailer security)
    {
        if (security.Type != slot.Type)
        {
            return security.Type == AuthenticationType.None
                ? RpcFault.RPC_S_ACCESS_DENIED
                : RpcFault.RPC_S_SEC_PKG_ERROR;
        }

        return slot.Context.IsEstablished || slot.Failure is not null || security.Level != slot.Level
            || RpcServer.TooLong(security)
            ? RpcFault.RPC_S_ACCESS_DENIED
            : null;
    }

    /// <summary>The last leg where nothing is answered: what goes wrong is told to the first request.</summary>
    private void OnAuth3(ReadOnlySpan<byte> bytes, PduHeader header)
    {
        if (header.AuthenticationLength == 0)
        {
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.None);
            return;
        }

        var security = PduReader.ReadTrailer(bytes, header);
        if (!_slots.TryGetValue(security.ContextId, out var slot) || slot.Context.IsEstablished)
        {
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.None);
            return;
        }

        if (security.Padding.Length > 0)
        {
            slot.Failure = RpcFault.nca_s_fault_remote_no_memory;
            return;
        }

        SecurityTrailer? unsaid = null;
        slot.Failure = CheckLeg(slot, security) ?? Step(slot, security, out unsaid);
        if (slot.Failure is null && (unsaid is not null || !slot.Context.IsEstablished))
        {
            slot.Failure = RpcFault.RPC_S_ACCESS_DENIED;
        }

        AnswerUnanswered(header, slot.Failure);
    }

    private SecuritySlot AddSlot(SecurityTrailer security, ISecurityContext context)
    {
        var slot = new SecuritySlot(security.ContextId, security.Type, security.Level, context);
        _slots.Add(slot.Id, slot);
        _latest = slot;
        return slot;
    }

    private RpcFault? Step(SecuritySlot slot, SecurityTrailer security, out SecurityTrailer? answer)
    {
        answer = null;
        try
        {
            var token = slot.Context.Step(security.Token.Span);
            if (!token.IsEmpty)
            {
                answer = new SecurityTrailer(slot.Type, slot.Level, slot.Id, token);
            }
        }
        catch (SecurityContextException refused)
        {
            Log($"authentication refused: {refused.Message}");
            slot.Failure = _server.AuthenticationFault(refused.Failure);
            return slot.Failure;
        }

        if (slot.Context.IsEstablished)
        {
            slot.Caller = new RpcCaller(slot.EffectiveLevel, slot.Type, slot.Context.PeerName, Local, Remote);
            slot.Record(_server.Options.KeyLog, _server.Options.TimeProvider, Remote, Local);
        }

        return null;
    }

    /// <summary>Which context a fragment with a trailer belongs to; else the fault that ends the connection.</summary>
    private SecuritySlot? FindSlot(FragmentLayout fragment, out RpcFault fault, out PduFlags flags)
    {
        (fault, flags) = (RpcFault.RPC_S_ACCESS_DENIED, PduFlags.None);
        if (!_slots.TryGetValue(_server.SecurityContextId(this, fragment.SecurityContextId), out var slot)
            || slot.Type != fragment.SecurityType || slot.Level != fragment.SecurityLevel)
        {
            return null;
        }

        return CheckSlot(slot, ref fault, ref flags) ? slot : null;
    }

    private static bool CheckSlot(SecuritySlot slot, ref RpcFault fault, ref PduFlags flags)
    {
        if (slot.Failure is { } failure)
        {
            fault = failure;
            return false;
        }

        if (!slot.Context.IsEstablished)
        {
            (fault, flags) = (RpcFault.nca_proto_error, PduFlags.DidNotExecute);
            return false;
        }

        return true;
    }

    /// <summary>What a request without a trailer runs as; false: the fault that ends the connection.</summary>
    private bool FindDefault(out SecuritySlot? slot, out RpcFault fault, out PduFlags flags)
    {
        slot = null;
        (fault, flags) = (RpcFault.RPC_S_ACCESS_DENIED, PduFlags.None);
        if (_latest is null)
        {
            return true;
        }

        if (_server.WaitsForAuthentication(this) && !CheckSlot(_latest, ref fault, ref flags))
        {
            return false;
        }

        slot = _latest.Context.IsEstablished && _server.ActsWithoutTrailer(_latest.Level) ? _latest : null;
        return true;
    }

    /// <summary>Verifies and opens a fragment in place; false where the token does not fit.</summary>
    private bool Unprotect(SecuritySlot slot, Span<byte> pdu, PduHeader header, Range body)
    {
        if (!slot.Protects)
        {
            return true;
        }

        try
        {
            var trailerEnd = header.TrailerOffset + SecurityTrailer.Size;
            _server.Unprotect(
                this, slot.Context, pdu[..trailerEnd], body, slot.EffectiveLevel, pdu[trailerEnd..]);
            return true;
        }
        catch (SecurityContextException refused)
        {
            Log($"fragment refused: {refused.Message}");
            slot.Failure = RpcFault.RPC_S_SEC_PKG_ERROR;
            return false;
        }
    }
}
