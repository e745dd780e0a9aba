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
    private bool _bound;
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
    public ushort MaxFragment { get; private set; }

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
            FaultAndClose(0, 0, RpcFault.nca_proto_error, PduFlags.None);
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
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.None);
        }

        return true;
    }

    private bool Speaks(PduHeader header)
    {
        if (header is { Major: 5, Minor: 0 })
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
        else if (header.FragmentLength > _server.FragmentLimit(header.Type) || IsMisaligned(header))
        {
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.None);
        }
        else if (!_bound)
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
                FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.DidNotExecute);
                break;
        }
    }

    private static bool IsMisaligned(PduHeader header) =>
        header.AuthenticationLength != 0 && (header.TrailerOffset & 3) != 0;

    private void Fault(uint callId, ushort contextId, RpcFault status, PduFlags flags)
    {
        var fault = new FaultPdu(callId, contextId, status) { Flags = PduFlags.Whole | flags };
        Send(_server.BuildFault(this, fault));
    }

    private void Send(Pdu pdu)
    {
        _server.CountPacketOut();
        _output.Append(PduWriter.Write(pdu));
    }

    private void FaultAndClose(uint callId, ushort contextId, RpcFault status, PduFlags flags)
    {
        Fault(callId, contextId, status, flags);
        _closing = true;
    }

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
