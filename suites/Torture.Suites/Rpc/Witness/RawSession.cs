using Torture.Protocol.Security;
using InconclusiveException = Torture.Harness.Clusters.InconclusiveException;

namespace Torture.Suites.Rpc.Witness;

/// <summary>A connection to a witness without rules, with a security context to misuse.</summary>
internal sealed class RawSession(Connection connection, ISecurityContext context, AuthenticationLevel level)
    : IAsyncDisposable
{
    private const uint BindCallId = 1;
    private const ushort Size = 5840;

    private uint nextCallId = BindCallId + 1;

    public RawRpcConnection Rpc { get; } = new(connection.Stream);

    public RawSecurity Security { get; } = new(context, level);

    /// <summary>A bind of the witness interface over NDR20, without a security trailer.</summary>
    public static BindPdu Bind(PduFlags flags = PduFlags.Whole | PduFlags.SupportHeaderSign) =>
        new(BindCallId, Size, Size, 0, [PresentationContext.Offer(0, SyntaxId.Witness, SyntaxId.Ndr20)])
        {
            Flags = flags,
        };

    /// <summary>Goes through all legs.</summary>
    /// <exception cref="InconclusiveException">The server did not accept them.</exception>
    public async Task<BindAckPdu> EstablishAsync(CancellationToken cancellation, BindPdu? bind = null) =>
        await Rpc.EstablishAsync(bind ?? Bind(), Security, cancellation) as BindAckPdu
        ?? throw new InconclusiveException("the server did not accept the bind of a valid caller");

    /// <summary>The next GetInterfaceList request, protected.</summary>
    public byte[] Request(Func<RequestPdu, Pdu>? change = null)
    {
        Pdu request = new RequestPdu(nextCallId++, 0, 0, (ushort)WitnessOperation.WitnessrGetInterfaceList, default);
        return Security.Protect(change is null ? request : change((RequestPdu)request), Rpc.HeaderSigning);
    }

    /// <summary>What comes next, opened; null where the server closes.</summary>
    public async Task<Pdu?> ReceiveAsync(CancellationToken cancellation)
    {
        try
        {
            return await Rpc.ReceiveAsync(cancellation, Security);
        }
        catch (RpcConnectionClosedException)
        {
            return null;
        }
    }

    /// <summary>Sends bytes; gives what comes next, or null where the server closes.</summary>
    public async Task<Pdu?> SendAsync(byte[] bytes, CancellationToken cancellation)
    {
        await Rpc.SendAsync(bytes, cancellation);
        return await ReceiveAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Security.Dispose();
        await Rpc.DisposeAsync();
        await connection.DisposeAsync();
    }
}
