using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.Captures.Rpc;

/// <summary>One security context of a connection: its handshake, its key, what waits for that.</summary>
internal sealed class SecuritySession(
    FlowId flow, AuthenticationType type, AuthenticationLevel level, KeyRing? keys, Action<ObservedPdu> opened)
{
    private const int MaximumWaiting = 4096;
    private const string NoKey = "sealed, and no key is known";

    private readonly Queue<ObservedPdu> _waiting = [];
    private readonly ObservedHandshake _handshake = new(type);
    private SecurityObserver? _observer;
    private string? _broken;
    private string _why = NoKey;
    private int _version = -1;
    private FrameStamp _established;

    public bool IsWaiting => _waiting.Count > 0;

    public void Handshake(ObservedPdu pdu)
    {
        _established = pdu.Last;
        try
        {
            _handshake.Add(pdu.FromClient, pdu.Token.Span);
        }
        catch (ProtocolException e)
        {
            pdu.Defect = e.Message;
        }
    }

    /// <summary>Some of its bytes were lost: ciphers and sequence numbers cannot go on.</summary>
    public void Lose(FrameStamp at) => _broken ??= $"packets were lost before frame {at.Frame}";

    /// <summary>Opens a fragment, or keeps it until its key comes: then it tells so.</summary>
    public void Open(ObservedPdu pdu)
    {
        if (level != AuthenticationLevel.Privacy)
        {
            RpcFragment.Plain(pdu);
        }

        if (level < AuthenticationLevel.Call)
        {
            return;
        }

        if (_broken is not null || keys is null || _waiting.Count == MaximumWaiting)
        {
            GiveUp(pdu, _broken ?? _why);
            return;
        }

        _waiting.Enqueue(pdu);
        Retry();
        if (IsWaiting)
        {
            GiveUp(pdu, _why);
        }
    }

    /// <summary>Opens what waits if a key came since.</summary>
    public void Retry()
    {
        if (_waiting.Count == 0 || (_observer is null && !FindKey()))
        {
            return;
        }

        while (_waiting.TryDequeue(out var pdu))
        {
            Open(_observer!, pdu);
            opened(pdu);
        }
    }

    private void GiveUp(ObservedPdu pdu, string why)
    {
        if (level == AuthenticationLevel.Privacy)
        {
            pdu.Unreadable = why;
        }
    }

    private bool FindKey()
    {
        if (_version == keys!.Version)
        {
            return false;
        }

        _version = keys.Version;
        var candidates = Candidates();
        var fitting = candidates.FirstOrDefault(Fits) ?? (candidates.Count == 1 ? candidates[0] : null);
        _observer = fitting is null ? null : TryCreate(fitting);
        return _observer is not null;
    }

    private List<KeyLogEntry> Candidates()
    {
        var established = DateTimeOffset.UnixEpoch.AddTicks(_established.TimeNanoseconds / 100);
        var candidates = keys!.Find(flow.Client, flow.Server, established).ToList();
        if (_handshake is { IsComplete: true, UserName: { } user } && keys.Password(user) is { } password)
        {
            try
            {
                candidates.Add(_handshake.Derive(password, flow.Client, flow.Server, established, level));
            }
            catch (SecurityContextException e)
            {
                _why = e.Message;
            }
        }

        return candidates;
    }

    /// <summary>The same ends may have had other sessions: the right key verifies the first fragment.</summary>
    private bool Fits(KeyLogEntry entry)
    {
        var first = _waiting.Peek();
        var bytes = first.Bytes.ToArray();
        try
        {
            var observer = TryCreate(entry);
            observer?.Open(first.FromClient, Covered(bytes, first), first.Body, level, first.Token.Span);
            return observer is not null;
        }
        catch (SecurityContextException)
        {
            return false;
        }
    }

    /// <summary>Header, body and trailer without the token.</summary>
    private static Span<byte> Covered(byte[] bytes, ObservedPdu pdu) =>
        bytes.AsSpan(0, bytes.Length - pdu.Header.AuthenticationLength);

    private static SecurityObserver? TryCreate(KeyLogEntry entry)
    {
        try
        {
            return new SecurityObserver(entry);
        }
        catch (SecurityContextException)
        {
            return null;
        }
    }

    private void Open(SecurityObserver observer, ObservedPdu pdu)
    {
        var bytes = pdu.Bytes.ToArray();
        try
        {
            observer.Open(pdu.FromClient, Covered(bytes, pdu), pdu.Body, level, pdu.Token.Span);
            RpcFragment.Plain(pdu, bytes);
        }
        catch (SecurityContextException e)
        {
            pdu.Defect = e.Message;
            GiveUp(pdu, e.Message);
        }
    }
}
