using System.Collections.Immutable;
using Torture.Captures.Trace;
using Torture.Protocol;
using Torture.Protocol.Rpc;

namespace Torture.Captures.Rpc;

/// <summary>Follows one DCE/RPC connection: what is bound, what is called, what is answered.</summary>
internal sealed class RpcConnection : IStreamReader
{
    private const int MaximumOpenCalls = 65_536;
    private const int MaximumSessions = 4096;

    private readonly ConnectionRecord _connection;
    private readonly IRpcSink _sink;
    private readonly RpcStreamReader _client;
    private readonly RpcStreamReader _server;
    private readonly Dictionary<ushort, PresentationBinding> _bindings = [];
    private readonly Dictionary<uint, SecuritySession> _sessions = [];
    private readonly Dictionary<uint, OpenCall> _calls = [];
    private readonly Dictionary<ObservedPdu, OpenCall> _sealed = [];
    private (int Index, ObservedBind Bind)? _offer;
    private ImmutableArray<PresentationContext> _contexts = [];

    public RpcConnection(ConnectionRecord connection, IRpcSink sink)
    {
        _connection = connection;
        _sink = sink;
        _client = new RpcStreamReader((header, bytes, first, last) => OnPdu(true, header, bytes, first, last));
        _server = new RpcStreamReader((header, bytes, first, last) => OnPdu(false, header, bytes, first, last));
    }

    public void OnData(bool fromClient, ReadOnlyMemory<byte> data, FrameStamp at) =>
        (fromClient ? _client : _server).Add(data, at);

    public void OnGap(bool fromClient, FrameStamp at)
    {
        (fromClient ? _client : _server).Lose();
        foreach (var session in _sessions.Values)
        {
            session.Lose(at);
        }
    }

    public void OnClosed(bool fromClient, TcpClose how, FrameStamp at)
    {
        // A server that has sent all it will, or a client that waits no more: in both cases no answer can come.
        foreach (var call in _calls.Values)
        {
            call.AbandonedAt ??= at;
            _sink.Update(call);
        }
    }

    public bool OpenSealed()
    {
        foreach (var session in _sessions.Values)
        {
            session.Retry();
        }

        return _sessions.Values.Any(s => s.IsWaiting);
    }

    private void OnPdu(
        bool fromClient, PduHeader header, ReadOnlyMemory<byte> bytes, FrameStamp first, FrameStamp last)
    {
        var isClients = IsClients(header.Type);
        if (isClients is { } known && known != fromClient && _connection.MayTurn)
        {
            _connection.Turn();
        }

        var pdu = new ObservedPdu(_connection.Flow, isClients ?? fromClient, header, bytes, first, last);
        try
        {
            Take(pdu);
        }
        catch (ProtocolException e)
        {
            pdu.Unreadable = e.Message;
        }

        _sink.OnPdu(pdu);
    }

    private static bool? IsClients(PduType type) => type switch
    {
        PduType.Request or PduType.Bind or PduType.AlterContext or PduType.Auth3 or PduType.CoCancel
            or PduType.Orphaned => true,
        PduType.Response or PduType.Fault or PduType.BindAck or PduType.BindNak or PduType.AlterContextResponse
            or PduType.Shutdown => false,
        _ => null,
    };

    private void Take(ObservedPdu pdu)
    {
        switch (pdu.Type)
        {
            case PduType.Bind or PduType.AlterContext or PduType.BindAck or PduType.AlterContextResponse
                or PduType.BindNak or PduType.Auth3:
                Negotiate(pdu);
                break;
            case PduType.Request:
                OnRequest(pdu);
                break;
            case PduType.Response or PduType.Fault:
                OnAnswer(pdu);
                break;
            case PduType.CoCancel or PduType.Orphaned:
                OnCancel(pdu);
                break;
        }
    }

    private void Negotiate(ObservedPdu pdu)
    {
        if (pdu is { AuthenticationType: { } type, AuthenticationLevel: { } level, AuthenticationContext: { } id })
        {
            if (!_sessions.TryGetValue(id, out var session) && _sessions.Count < MaximumSessions)
            {
                _sessions[id] = session = new SecuritySession(pdu.Flow, type, level, _sink.Keys, OnOpened);
            }

            session?.Handshake(pdu);
        }

        switch (PduReader.Read(pdu.Bytes.Span))
        {
            case NegotiationPdu offer:
                OnOffer(pdu, offer);
                break;
            case NegotiationAckPdu answer:
                OnResults(pdu, answer.Results);
                break;
            case BindNakPdu refusal:
                EndOffer(bind => bind with { ResponseAt = pdu.Last, Reject = refusal.Reason });
                break;
        }
    }

    private void OnOffer(ObservedPdu pdu, NegotiationPdu offer)
    {
        _contexts = offer.Contexts;
        var bind = new ObservedBind(
            pdu.Flow, pdu.Type == PduType.AlterContext, pdu.Last, null, offer.Contexts, [],
            pdu.AuthenticationType, pdu.AuthenticationLevel, null, null);
        _offer = (_sink.Add(bind), bind);
    }

    private void OnResults(ObservedPdu pdu, ImmutableArray<PresentationContextResult> results)
    {
        for (var i = 0; i < Math.Min(results.Length, _contexts.Length); i++)
        {
            if (results[i].Result == PresentationResult.Acceptance)
            {
                var binding = new PresentationBinding(_contexts[i].AbstractSyntax, results[i].TransferSyntax);
                _bindings[_contexts[i].Id] = binding;
            }
        }

        EndOffer(bind => bind with { ResponseAt = pdu.Last, Results = results });
    }

    private void EndOffer(Func<ObservedBind, ObservedBind> answer)
    {
        if (_offer is { } offer)
        {
            _sink.Update(offer.Index, answer(offer.Bind));
            _offer = null;
        }
    }

    private void OnRequest(ObservedPdu pdu)
    {
        Open(pdu);
        var bytes = pdu.Bytes.Span;
        if (bytes.Length < 24)
        {
            pdu.Unreadable = "a request shorter than its header";
            return;
        }

        var isBigEndian = pdu.Header.Representation.IsBigEndian;
        pdu.Opnum = RpcBytes.U16(bytes[22..], isBigEndian);
        if (pdu.IsFirst || !_calls.TryGetValue(pdu.Header.CallId, out var call) || call.IsRequestWhole)
        {
            if (_calls.Count >= MaximumOpenCalls)
            {
                return;
            }

            var binding = _bindings.GetValueOrDefault(RpcBytes.U16(bytes[20..], isBigEndian));
            call = new OpenCall(_sink.NewCall(), pdu) { Binding = binding };
            _calls[pdu.Header.CallId] = call;
        }

        Add(call, pdu);
    }

    private void OnAnswer(ObservedPdu pdu)
    {
        Open(pdu);
        if (!_calls.TryGetValue(pdu.Header.CallId, out var call))
        {
            if (pdu.Type == PduType.Fault && pdu.Bytes.Length >= 28)
            {
                EndOffer(bind => bind with { ResponseAt = pdu.Last, Fault = OpenCallReader.FaultStatus(pdu) });
            }

            return;
        }

        // A FIN may have been captured before what it follows.
        call.AbandonedAt = null;
        pdu.Opnum = call.First.Opnum;
        Add(call, pdu);
        if (call.AnsweredAt is not null)
        {
            _calls.Remove(pdu.Header.CallId);
        }
    }

    private void OnCancel(ObservedPdu pdu)
    {
        if (!_calls.TryGetValue(pdu.Header.CallId, out var call))
        {
            return;
        }

        if (pdu.Type == PduType.CoCancel)
        {
            call.CancelledAt ??= pdu.Last;
        }
        else
        {
            call.OrphanedAt ??= pdu.Last;
        }

        _sink.Update(call);
    }

    private void Add(OpenCall call, ObservedPdu pdu)
    {
        var refusal = call.Refused;
        call.Add(pdu);
        if (pdu.AuthenticationContext is { } id && _sessions.TryGetValue(id, out var session) && session.IsWaiting)
        {
            _sealed[pdu] = call;
            _sink.Await(_connection);
        }

        if (call.Observed is null || pdu.IsLast || call.Refused != refusal)
        {
            _sink.Update(call);
        }
    }

    private void Open(ObservedPdu pdu)
    {
        if (pdu.AuthenticationContext is not { } id)
        {
            RpcFragment.Plain(pdu);
        }
        else if (_sessions.TryGetValue(id, out var session))
        {
            session.Open(pdu);
        }
        else if (pdu.AuthenticationLevel == AuthenticationLevel.Privacy)
        {
            pdu.Unreadable = "sealed, and its bind was not captured";
        }
        else
        {
            RpcFragment.Plain(pdu);
        }
    }

    private void OnOpened(ObservedPdu pdu)
    {
        if (_sealed.Remove(pdu, out var call))
        {
            _sink.Update(call);
        }
    }
}

/// <summary>Where a connection leaves what it found.</summary>
internal interface IRpcSink
{
    KeyRing? Keys { get; }

    void OnPdu(ObservedPdu pdu);

    /// <summary>Something waits for a key.</summary>
    void Await(ConnectionRecord connection);

    /// <summary>Gives the place of a new call in the trace.</summary>
    int NewCall();

    void Update(OpenCall call);

    int Add(ObservedBind bind);

    void Update(int index, ObservedBind bind);
}
