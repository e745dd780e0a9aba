using System.Collections.Immutable;
using Torture.Protocol.Management;
using Torture.Protocol.Ndr;
using Torture.Protocol.Security;
using InconclusiveException = Torture.Harness.Clusters.InconclusiveException;

namespace Torture.Suites.Rpc.Protocol;

/// <summary>A connection on which a case says every PDU itself.</summary>
internal sealed class Wire(Connection connection, ICluster cluster, TimeProvider time, CancellationToken deadline)
    : IAsyncDisposable
{
    /// <summary>Context id of the management interface, which anybody may call.</summary>
    public const ushort Management = 0;

    /// <summary>Context id of the witness.</summary>
    public const ushort Witness = 1;

    private readonly RawRpcConnection _raw = new(connection.Stream);

    public RawRpcConnection Raw => _raw;

    /// <summary>The port that was connected to.</summary>
    public int Port => connection.Remote.Port;

    /// <summary>Management and witness, multiplexing, fragments of 5840.</summary>
    public static BindPdu Bind() => BindOf(
        PresentationContext.Offer(Management, SyntaxId.Management, SyntaxId.Ndr20),
        PresentationContext.Offer(Witness, SyntaxId.Witness, SyntaxId.Ndr20));

    public static BindPdu BindOf(params ImmutableArray<PresentationContext> contexts) =>
        new(CallId: 1, MaxTransmit: 5840, MaxReceive: 5840, AssociationGroup: 0, contexts)
        {
            Flags = PduFlags.Whole | PduFlags.ConcurrentMultiplexing,
        };

    public static AlterContextPdu Alter(params ImmutableArray<PresentationContext> contexts) =>
        new(CallId: 2, MaxTransmit: 5840, MaxReceive: 5840, AssociationGroup: 0, contexts);

    /// <summary>is_server_listening of the management interface: no stub, no rights needed.</summary>
    public static RequestPdu Probe(uint callId) =>
        new(callId, 0, Management, (ushort)ManagementOperation.is_server_listening, default);

    /// <summary>inq_princ_name: the management operation with a stub, 8 bytes.</summary>
    public static RequestPdu PrincipalName(uint callId)
    {
        var stub = ManagementCodec.Encode(new InqPrincNameRequest(10, 4096), NdrSyntax.Ndr20);
        return new RequestPdu(
            callId, (uint)stub.Length, Management, (ushort)ManagementOperation.inq_princ_name, stub);
    }

    public static RequestPdu Call(uint callId, ushort opnum, ReadOnlyMemory<byte> stub) =>
        new(callId, (uint)stub.Length, Witness, opnum, stub);

    /// <summary>NTLM of the cluster's first account.</summary>
    public RawSecurity Ntlm(AuthenticationLevel level, Random random, string? password = null)
    {
        var account = cluster.Accounts[0];
        var credential = new NtlmCredential(account.User, password ?? account.Password, account.Domain);
        return new RawSecurity(new NtlmInitiator(credential, time, random.NextBytes), level);
    }

    public ValueTask SendAsync(Pdu pdu) => _raw.SendAsync(pdu, deadline);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => _raw.SendAsync(bytes, deadline);

    public ValueTask SendAsync(Pdu pdu, RawSecurity security) => _raw.SendAsync(pdu, security, deadline);

    /// <summary>The next PDU; null where the connection ended instead.</summary>
    /// <exception cref="TimeoutException">Neither came within the limit of a call.</exception>
    public async Task<Pdu?> ReceiveAsync(RawSecurity? security = null)
    {
        try
        {
            return await _raw.ReceiveAsync(deadline, security).WaitAsync(cluster.Limits.Call, time, deadline);
        }
        catch (RpcConnectionClosedException)
        {
            return null;
        }
    }

    /// <summary>Sends and takes what comes; null where it is something else, or nothing in time.</summary>
    public async Task<T?> AskAsync<T>(Pdu pdu, RawSecurity? security = null)
        where T : Pdu
    {
        await (security is null ? SendAsync(pdu) : SendAsync(pdu, security));
        return await NextAsync(security) as T;
    }

    /// <summary>The next PDU; null where the connection ended, or nothing came within the limit of a call.</summary>
    public async Task<Pdu?> NextAsync(RawSecurity? security = null)
    {
        try
        {
            return await ReceiveAsync(security);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <param name="bind">Null: both contexts can be used afterwards.</param>
    /// <exception cref="InconclusiveException">The bind was not acknowledged.</exception>
    public async Task<BindAckPdu> BoundAsync(BindPdu? bind = null)
    {
        var ack = await AskAsync<BindAckPdu>(bind ?? Bind())
            ?? throw new InconclusiveException("the bind was not acknowledged");
        if (bind is null)
        {
            await AddWitnessAsync(ack);
        }

        return ack;
    }

    /// <exception cref="InconclusiveException">The server did not take the tokens.</exception>
    public async Task<RawSecurity> BoundAsync(RawSecurity security, BindPdu? bind = null)
    {
        var signing = security.Level >= AuthenticationLevel.Packet ? PduFlags.SupportHeaderSign : PduFlags.None;
        var first = bind ?? Bind();
        var answer = await _raw.EstablishAsync(first with { Flags = first.Flags | signing }, security, deadline);
        if (answer is not BindAckPdu ack)
        {
            throw new InconclusiveException($"the bind was answered {answer?.Type}");
        }

        await AddWitnessAsync(ack);
        return security;
    }

    /// <summary>
    /// There are servers that take one context of a bind and the next one by alter_context; the cases of binding are
    /// about that, and all others want to call.
    /// </summary>
    private async Task AddWitnessAsync(BindAckPdu ack)
    {
        if (ack.Results.Length > Witness && ack.Results[Witness].Result == PresentationResult.ProviderRejection)
        {
            await AskAsync<AlterContextResponsePdu>(
                Alter(PresentationContext.Offer(Witness, SyntaxId.Witness, SyntaxId.Ndr20)) with { CallId = 1 });
        }
    }

    /// <summary>True where the connection ends within the limit of a call and nothing else comes.</summary>
    public async Task<bool> EndsAsync()
    {
        try
        {
            return await ReceiveAsync() is null;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>True where the connection, bound, answers a call.</summary>
    public async Task<bool> ServesAsync(uint callId) =>
        await AskAsync<ResponsePdu>(Probe(callId)) is { } answer && answer.CallId == callId;

    /// <summary>True where a fresh connection binds and answers a call.</summary>
    public async Task<bool> BindsAndServesAsync() =>
        await AskAsync<BindAckPdu>(Bind()) is not null && await ServesAsync(2);

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();
}
