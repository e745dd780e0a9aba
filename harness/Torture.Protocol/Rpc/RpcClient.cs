using System.Collections.Immutable;
using System.Net;
using Torture.Protocol.Ndr;
using Torture.Protocol.Security;

namespace Torture.Protocol.Rpc;

/// <summary>A bound connection to a DCE/RPC server ([C706] 9 to 13, [MS-RPCE] 3.3).</summary>
public sealed partial class RpcClient : IAsyncDisposable
{
    private const int MaxUnsent = 64 * 1024 * 1024;
    private const int SmallestFragment = 1432;

    private readonly Stream _stream;
    private readonly RpcClientOptions _options;
    private readonly PduInput _input;
    private readonly PduOutput _output;
    private readonly Dictionary<uint, SecuritySlot> _slots = [];
    private SecuritySlot? _slot;
    private Task _receiving = Task.CompletedTask;
    private int _maxFragment = SmallestFragment;

    private RpcClient(Stream stream, IPEndPoint local, IPEndPoint remote, RpcClientOptions options)
    {
        _stream = stream;
        _options = options;
        _input = new PduInput(stream);
        _output = new PduOutput(stream, MaxUnsent);
        (Local, Remote) = (local, remote);
    }

    public IPEndPoint Local { get; }

    public IPEndPoint Remote { get; }

    /// <summary>The transfer syntax that the server chose.</summary>
    public NdrSyntax Syntax { get; private set; }

    /// <summary>The context id that the server accepted of those in the bind.</summary>
    public ushort ContextId { get; private set; }

    public uint AssociationGroup { get; private set; }

    /// <summary>What the server acknowledged of the offered features.</summary>
    public BindTimeFeatures Features { get; private set; }

    public bool HeaderSigning { get; private set; }

    /// <summary>The server takes a request while another is executed.</summary>
    public bool Multiplexing { get; private set; }

    /// <summary>The bind_ack as it came.</summary>
    public BindAckPdu BindAck { get; private set; } = null!;

    /// <summary>Responses and faults for calls that nobody waits for: orphaned ones, or the server's mistake.</summary>
    public int UnmatchedAnswers { get; private set; }

    /// <summary>Ends when the connection does, and says how.</summary>
    public Task<RpcConnectionEnd> Ended => _ended.Task;

    /// <summary>Binds over a connected stream, which the client owns from then on, also when it throws.</summary>
    /// <exception cref="RpcBindException">The server refused.</exception>
    /// <exception cref="RpcConnectionClosedException">The connection ended first.</exception>
    /// <exception cref="SecurityContextException">This side refused what the server's token says.</exception>
    public static async Task<RpcClient> BindAsync(
        Stream transport, IPEndPoint local, IPEndPoint remote, RpcClientOptions options,
        CancellationToken cancellationToken)
    {
        var client = new RpcClient(transport, local, remote, options);
        try
        {
            client._receiving = client.ReceiveAllAsync();
            await client.NegotiateAsync(cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Offers more contexts; the results come in the order of the offer.</summary>
    /// <exception cref="RpcBindException">A fault came instead; the server closes the connection.</exception>
    public async Task<ImmutableArray<PresentationContextResult>> AlterContextAsync(
        ImmutableArray<PresentationContext> contexts, CancellationToken cancellationToken)
    {
        var response = await ExchangeAsync(Alter(contexts, null), cancellationToken);
        return response.Results;
    }

    /// <summary>Establishes a further security context ([MS-RPCE] 3.3.1.5.2.1), for requests that name it.</summary>
    public async Task AuthenticateAsync(
        ISecurityContext context, AuthenticationLevel level, uint authenticationContextId,
        CancellationToken cancellationToken)
    {
        var slot = AddSlot(context, level, authenticationContextId);
        var response = await ExchangeAsync(Alter(OwnContext(), FirstLeg(slot)), cancellationToken);
        await FinishSecurityAsync(slot, response.Security, cancellationToken);
    }

    /// <summary>Closes in order; calls that still wait end with <see cref="RpcConnectionClosedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        End(RpcConnectionEnd.ClosedHere, null);
        await _stream.DisposeAsync();
        await _receiving;
        lock (_output.Gate)
        {
            foreach (var slot in _slots.Values)
            {
                slot.Dispose();
            }
        }
    }

    private async Task NegotiateAsync(CancellationToken cancellationToken)
    {
        var security = _options.SecurityContext is { } context
            ? FirstLeg(_slot = AddSlot(context, _options.Level, _options.AuthenticationContextId))
            : null;
        var offered = Offer();
        var bind = new BindPdu(
            NextCallId(), _options.MaxFragment, _options.MaxFragment, _options.AssociationGroup, offered)
        {
            Flags = PduFlags.Whole | SigningFlag(security)
                | (_options.Multiplexing ? PduFlags.ConcurrentMultiplexing : 0),
            Security = security,
        };
        var ack = await ExchangeAsync(bind, cancellationToken);
        Take(ack as BindAckPdu ?? throw Unexpected(ack), offered);
        if (_slot is not null)
        {
            await FinishSecurityAsync(_slot, ack.Security, cancellationToken);
        }
    }

    private ImmutableArray<PresentationContext> Offer()
    {
        var contexts = _options.TransferSyntaxes
            .Select((syntax, i) => PresentationContext.Offer((ushort)i, _options.Interface, syntax));
        if (_options.BindTimeFeatures != BindTimeFeatures.None)
        {
            contexts = contexts.Append(PresentationContext.Offer(
                (ushort)_options.TransferSyntaxes.Count, _options.Interface,
                BindTimeFeatureSyntax.Encode(_options.BindTimeFeatures)));
        }

        return [.. contexts];
    }

    private void Take(BindAckPdu ack, ImmutableArray<PresentationContext> offered)
    {
        if (ack.Results.Length != offered.Length)
        {
            throw new ProtocolException(
                $"{ack.Results.Length} results for {offered.Length} contexts", "[C706] 12.6.4.4");
        }

        BindAck = ack;
        AssociationGroup = ack.AssociationGroup;
        _maxFragment = Math.Max(Math.Min(_options.MaxFragment, ack.MaxReceive), (ushort)SmallestFragment);
        HeaderSigning = _options.HeaderSigning && (ack.Flags & PduFlags.SupportHeaderSign) != 0;
        Multiplexing = _options.Multiplexing && (ack.Flags & PduFlags.ConcurrentMultiplexing) != 0;
        Features = ack.Results.Where(result => result.Result == PresentationResult.NegotiateAck)
            .Aggregate(BindTimeFeatures.None, (all, result) => all | (BindTimeFeatures)result.Reason);
        var accepted = ack.Results.ToList().FindIndex(result => result.Result == PresentationResult.Acceptance);
        if (accepted < 0)
        {
            throw new RpcBindException(ack.Results[0].Result, ack.Results[0].Reason);
        }

        ContextId = offered[accepted].Id;
        Syntax = RpcServer.SyntaxOf(ack.Results[accepted].TransferSyntax, DataRepresentation.LittleEndian);
    }

    private ImmutableArray<PresentationContext> OwnContext() =>
        [PresentationContext.Offer(ContextId, _options.Interface, Syntax.Is64 ? SyntaxId.Ndr64 : SyntaxId.Ndr20)];

    private AlterContextPdu Alter(ImmutableArray<PresentationContext> contexts, SecurityTrailer? security) =>
        new(NextCallId(), _options.MaxFragment, _options.MaxFragment, AssociationGroup, contexts)
        {
            Flags = PduFlags.Whole | SigningFlag(security),
            Security = security,
        };

    private PduFlags SigningFlag(SecurityTrailer? security) =>
        _options.HeaderSigning && security is { Level: >= AuthenticationLevel.Call }
            ? PduFlags.SupportHeaderSign
            : PduFlags.None;
}
