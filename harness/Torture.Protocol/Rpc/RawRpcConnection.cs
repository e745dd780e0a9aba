using System.Net.Sockets;
using Torture.Protocol.Security;

namespace Torture.Protocol.Rpc;

/// <summary>A connection without rules, to torture servers: sends any bytes, receives PDU after PDU.</summary>
public sealed class RawRpcConnection(Stream stream) : IAsyncDisposable
{
    private readonly PduInput _input = new(stream);
    private Task<bool>? _filling;

    /// <summary>What <see cref="RawSecurity"/> signs; to be set by who negotiates it.</summary>
    public bool HeaderSigning { get; set; }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        stream.WriteAsync(bytes, cancellationToken);

    public ValueTask SendAsync(Pdu pdu, CancellationToken cancellationToken) =>
        SendAsync(PduWriter.Write(pdu), cancellationToken);

    /// <summary>Sends a PDU with the trailer, padding and token of a security context.</summary>
    public ValueTask SendAsync(Pdu pdu, RawSecurity security, CancellationToken cancellationToken) =>
        SendAsync(security.Protect(pdu, HeaderSigning), cancellationToken);

    /// <summary>The next PDU; null where the peer closed in order.</summary>
    /// <exception cref="RpcConnectionClosedException">The connection was reset.</exception>
    /// <exception cref="ProtocolException">What came is not a PDU.</exception>
    public async Task<Pdu?> ReceiveAsync(CancellationToken cancellationToken, RawSecurity? security = null)
    {
        var bytes = await ReceiveBytesAsync(cancellationToken);
        if (bytes is null)
        {
            return null;
        }

        security?.Unprotect(bytes, HeaderSigning);
        return PduReader.Read(bytes);
    }

    /// <summary>The bytes of the next PDU; null where the peer closed in order.</summary>
    public async Task<byte[]?> ReceiveBytesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake() is { } pdu)
            {
                return pdu;
            }

            try
            {
                // A wait that was given up leaves its read to the next one.
                _filling ??= _input.FillAsync().AsTask();
                var more = await _filling.WaitAsync(cancellationToken);
                _filling = null;
                if (!more)
                {
                    return null;
                }
            }
            catch (Exception failure) when (failure is IOException or SocketException)
            {
                throw new RpcConnectionClosedException(RpcConnectionEnd.Reset, failure);
            }
        }
    }

    /// <summary>Sends and takes the next PDU.</summary>
    public async Task<Pdu?> ExchangeAsync(
        Pdu pdu, CancellationToken cancellationToken, RawSecurity? security = null)
    {
        await (pdu is RequestPdu && security is not null
            ? SendAsync(pdu, security, cancellationToken)
            : SendAsync(pdu, cancellationToken));
        return await ReceiveAsync(cancellationToken, security);
    }

    /// <summary>Goes through all legs of a security context, the first one in this bind or alter_context.</summary>
    /// <returns>The answer to the first leg: what came instead of an acknowledgement ends the exchange.</returns>
    public async Task<Pdu?> EstablishAsync(
        NegotiationPdu first, RawSecurity security, CancellationToken cancellationToken)
    {
        var answer = await ExchangeAsync(
            first with { Security = security.Leg(default) }, cancellationToken);
        HeaderSigning |= answer is NegotiationAckPdu && (answer.Flags & PduFlags.SupportHeaderSign) != 0;
        var latest = answer;
        while (latest is NegotiationAckPdu { Security: { } trailer } && security.Leg(trailer.Token) is { } leg)
        {
            if (security.EndsWithAuth3)
            {
                await SendAsync(new Auth3Pdu(first.CallId) { Security = leg }, cancellationToken);
                break;
            }

            latest = await ExchangeAsync(
                new AlterContextPdu(first.CallId, first.MaxTransmit, first.MaxReceive, 0, first.Contexts)
                {
                    Security = leg,
                },
                cancellationToken);
        }

        return latest is NegotiationAckPdu ? answer : latest;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private byte[]? TryTake() =>
        _input.TryPeek(out var header) && _input.TryTake(header, out var pdu) ? pdu.ToArray() : null;
}
