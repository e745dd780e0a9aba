using System.Net;

namespace Torture.Protocol.Rpc;

/// <summary>A negotiated presentation context of a connection.</summary>
/// <param name="AbstractSyntax">As the client named it.</param>
public sealed record PresentationBinding(IRpcInterface Interface, SyntaxId AbstractSyntax, SyntaxId TransferSyntax);

/// <summary>One connection of a server, as its steps see it.</summary>
public sealed partial class RpcServerConnection
{
    private const int ReadPauseMark = 256 * 1024;

    private readonly RpcServer _server;
    private readonly Stream _stream;
    private readonly PduInput _input;
    private readonly PduOutput _output;
    private readonly Dictionary<ushort, PresentationBinding> _contexts = [];
    private bool _closing;

    internal RpcServerConnection(RpcServer server, Stream stream, IPEndPoint local, IPEndPoint remote, long id)
    {
        _server = server;
        _stream = stream;
        _input = new PduInput(stream);
        _output = new PduOutput(stream, server.Options.Limits.UnreadAnswers);
        (Local, Remote, Id) = (local, remote, id);
        Anonymous = new RpcCaller(AuthenticationLevel.None, AuthenticationType.None, null, local, remote);
    }

    public long Id { get; }

    public IPEndPoint Local { get; }

    public IPEndPoint Remote { get; }

    /// <summary>Null before the bind.</summary>
    public AssociationGroup? Association { get; private set; }

    public IReadOnlyDictionary<ushort, PresentationBinding> Contexts => _contexts;

    public BindTimeFeatures Features { get; private set; }

    public bool HeaderSigning { get; private set; }

    public bool Multiplexing { get; private set; }

    /// <summary>Bytes of the largest fragment that is sent.</summary>
    public ushort MaxFragment { get; private set; } = RpcServer.SmallestFragment;

    /// <summary>auth_context_id of those that have begun.</summary>
    public IReadOnlyCollection<uint> SecurityContexts => _slots.Keys;

    private RpcCaller Anonymous { get; }

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var stop = cancellationToken.Register(_stream.Dispose);
        try
        {
            await ReadAllAsync();
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException)
        {
            if (_output.Failure is { } failure)
            {
                _server.Options.Log($"{Remote}: {failure.Message}");
            }
        }
        finally
        {
            await EndAsync();
        }
    }

    private async Task ReadAllAsync()
    {
        do
        {
            _output.Cork();
            try
            {
                ProcessWhatIsThere();
            }
            finally
            {
                await _output.UncorkAsync();
            }

            await _output.WrittenAsync(ReadPauseMark);
        }
        while (!_closing && await _input.FillAsync());

        await _output.DrainAsync();
    }

    private void ProcessWhatIsThere()
    {
        try
        {
            while (!_closing && _input.TryPeek(out var header) && Speaks(header) && TakeOne(header))
            {
            }
        }
        catch (ProtocolException violation)
        {
            Log(violation.Message);
            FaultAndClose(0, 0, _server.ViolationFault(violation), PduFlags.None);
        }
    }

    private bool TakeOne(PduHeader header)
    {
        if (!_input.TryTake(header, out var pdu))
        {
            return false;
        }

        _server.CountPacketIn();
        try
        {
            Dispatch(pdu, header);
        }
        catch (ProtocolException violation)
        {
            Log(violation.Message);
            FaultAndClose(header.CallId, 0, _server.ViolationFault(violation), PduFlags.None);
        }

        return true;
    }

    private bool Speaks(PduHeader header)
    {
        if (_server.SpeaksVersion(header.Major, header.Minor))
        {
            return true;
        }

        if (header.Type == PduType.Bind)
        {
            RejectBind(header.CallId, BindRejectReason.ProtocolVersionNotSupported);
        }
        else
        {
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.None);
        }

        return false;
    }

    private void Dispatch(Span<byte> pdu, PduHeader header)
    {
        if (header.Type == PduType.Bind)
        {
            OnBind(pdu, header);
        }
        else if (header.FragmentLength > _server.FragmentLimit(header.Type) || !_server.IsTrailerAligned(header))
        {
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.None);
        }
        else if (!_server.IsBound(this))
        {
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.DidNotExecute);
        }
        else
        {
            DispatchBound(pdu, header);
        }
    }

    private void DispatchBound(Span<byte> pdu, PduHeader header)
    {
        switch (header.Type)
        {
            case PduType.Request:
                OnRequest(pdu, header);
                break;
            case PduType.AlterContext:
                OnAlterContext(pdu, header);
                break;
            case PduType.Auth3:
                OnAuth3(pdu, header);
                break;
            case PduType.CoCancel:
            case PduType.Orphaned:
                OnAbandoned(pdu, header);
                break;
            default:
                FaultAndClose(header.CallId, 0, _server.UnexpectedTypeFault(header.Type), PduFlags.DidNotExecute);
                break;
        }
    }

    private void Fault(uint callId, ushort contextId, RpcFault status, PduFlags flags) =>
        Send(NewFault(callId, contextId, status, flags));

    private FaultPdu NewFault(uint callId, ushort contextId, RpcFault status, PduFlags flags) => _server.BuildFault(
        this, new FaultPdu(callId, contextId, status) { Flags = PduFlags.Whole | flags });

    private void Send(Pdu pdu)
    {
        _server.CountPacketOut();
        _output.Append(PduWriter.Write(pdu));
    }

    /// <summary>Sends what may be the last of this connection.</summary>
    private void Conclude(Pdu answer)
    {
        Send(answer);
        _closing |= _server.EndsConnection(this, answer);
    }

    private void FaultAndClose(uint callId, ushort contextId, RpcFault status, PduFlags flags) =>
        Conclude(NewFault(callId, contextId, status, flags));

    private void Log(string line) => _server.Options.Log($"{Remote}: {line}");

    private async Task EndAsync()
    {
        _output.Close();
        await _stream.DisposeAsync();
        foreach (var call in TakeExecuting())
        {
            _server.OnConnectionLost(this, call);
        }

        DropIncoming();
        if (Association is { } group)
        {
            Association = null;
            _server.LeaveAssociationGroup(group);
        }

        lock (_output.Gate)
        {
            foreach (var slot in _slots.Values)
            {
                slot.Dispose();
            }
        }
    }
}
