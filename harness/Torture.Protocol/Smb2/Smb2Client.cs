namespace Torture.Protocol.Smb2;

/// <summary>How an operation ended, as far as its client can know.</summary>
public enum Smb2Outcome
{
    /// <summary>The server did it.</summary>
    Ok,

    /// <summary>The server refused it, or it was never sent.</summary>
    Failed,

    /// <summary>It was sent, or may have been, and no answer came: the server did it or did not.</summary>
    Indeterminate,
}

/// <summary>The end of one ECHO.</summary>
/// <param name="MessageId">Its number on the connection; null where it was never sent.</param>
/// <param name="Status">What the server answered; null where nothing came.</param>
/// <param name="Reason">Why it is not Ok.</param>
public sealed record Smb2EchoResult(Smb2Outcome Outcome, ulong? MessageId, NtStatus? Status, string? Reason = null);

/// <summary>What an <see cref="Smb2Client"/> offers.</summary>
public sealed record Smb2ClientOptions(TimeProvider Time, Random Random)
{
    public IReadOnlyList<Smb2Dialect> Dialects { get; init; } =
        [Smb2Dialect.Smb202, Smb2Dialect.Smb210, Smb2Dialect.Smb300, Smb2Dialect.Smb302, Smb2Dialect.Smb311];

    /// <summary>How long an answer may take; then the operation is Indeterminate and the connection given up.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>
/// A client without a session: NEGOTIATE, then numbered ECHOs, one at a time. An operation without an answer ends the
/// client, since what comes later could not be told from what was given up.
/// </summary>
public sealed class Smb2Client : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly Smb2Framing framing;
    private readonly Smb2ClientOptions options;
    private ulong nextMessageId;
    private long credits = 1;

    private Smb2Client(Stream stream, Smb2ClientOptions options)
    {
        this.stream = stream;
        this.options = options;
        framing = new Smb2Framing(stream);
    }

    public Smb2Dialect Dialect { get; private set; }

    public Guid ServerGuid { get; private set; }

    /// <summary>The server's clock when it negotiated, as a FILETIME.</summary>
    public long SystemTime { get; private set; }

    /// <summary>Why no further operation is possible; null while one is.</summary>
    public string? Ended { get; private set; }

    /// <summary>Takes over the stream and negotiates.</summary>
    /// <exception cref="ProtocolException">The server refused, or answered something else.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public static async Task<Smb2Client> NegotiateAsync(
        Stream stream, Smb2ClientOptions options, CancellationToken cancellation)
    {
        var client = new Smb2Client(stream, options);
        try
        {
            await client.NegotiateAsync(cancellation);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>One ECHO. Does not throw for what the network or the server does.</summary>
    public async Task<Smb2EchoResult> EchoAsync(CancellationToken cancellation)
    {
        if (Ended is not null || cancellation.IsCancellationRequested || credits == 0)
        {
            return new(Smb2Outcome.Failed, null, null, Ended ?? (credits == 0 ? "no credit" : "cancelled"));
        }

        var messageId = nextMessageId;
        try
        {
            var message = await CallAsync(Smb2Command.ECHO, Smb2Body.Echo.ToArray(), cancellation);
            var status = Smb2Header.Parse(message.Span).Status;
            if (status != NtStatus.STATUS_SUCCESS)
            {
                return new(Smb2Outcome.Failed, messageId, status, $"the server answered {status}");
            }

            Smb2Body.ParseEcho(message.Span);
            return new(Smb2Outcome.Ok, messageId, status);
        }
        catch (Exception lost) when (lost is IOException or ProtocolException or TimeoutException
            or OperationCanceledException or ObjectDisposedException)
        {
            Ended = lost.Message;
            return new(Smb2Outcome.Indeterminate, messageId, null, lost.Message);
        }
    }

    public ValueTask DisposeAsync()
    {
        Ended ??= "the connection was closed here";
        return stream.DisposeAsync();
    }

    private async Task NegotiateAsync(CancellationToken cancellation)
    {
        var guid = new byte[16];
        var salt = new byte[32];
        options.Random.NextBytes(guid);
        options.Random.NextBytes(salt);
        var request = new Smb2NegotiateRequest(options.Dialects, new Guid(guid))
        {
            Contexts = options.Dialects.Contains(Smb2Dialect.Smb311)
                ? [Smb2NegotiateContext.PreauthIntegrity(salt)]
                : [],
        };
        var message = await CallAsync(Smb2Command.NEGOTIATE, request.Encode(), cancellation);
        var status = Smb2Header.Parse(message.Span).Status;
        if (status != NtStatus.STATUS_SUCCESS)
        {
            throw new ProtocolException($"The server refused to negotiate: {status}.", "[MS-SMB2] 3.2.5.2");
        }

        var response = Smb2NegotiateResponse.Parse(message.Span);
        if (!options.Dialects.Contains(response.Dialect))
        {
            throw new ProtocolException(
                $"The server chose dialect {response.Dialect}, which was not offered.", "[MS-SMB2] 3.2.5.2");
        }

        Dialect = response.Dialect;
        ServerGuid = response.ServerGuid;
        SystemTime = response.SystemTime;
    }

    private async Task<ReadOnlyMemory<byte>> CallAsync(
        Smb2Command command, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        using var clock = new CancellationTokenSource(options.Timeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellation);
        var request = new Smb2Header(command, nextMessageId++)
        {
            CreditCharge = (ushort)(Dialect > Smb2Dialect.Smb202 ? 1 : 0),
            Credits = 1,
        };
        credits--;
        try
        {
            await stream.WriteAsync(request.Frame(body.Span), either.Token);
            return await AnswerAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer to {command} {request.MessageId} within {options.Timeout}");
        }
    }

    private async Task<ReadOnlyMemory<byte>> AnswerAsync(Smb2Header request, CancellationToken cancellation)
    {
        while (await framing.ReadAsync(cancellation) is { } message)
        {
            var answer = Smb2Header.Parse(message.Span);
            credits += answer.Credits;
            if (!answer.Flags.HasFlag(Smb2HeaderFlags.SMB2_FLAGS_SERVER_TO_REDIR)
                || answer.MessageId != request.MessageId || answer.Command != request.Command)
            {
                throw new ProtocolException(
                    $"{answer.Command} {answer.MessageId} came where {request.Command} {request.MessageId} is due.",
                    "[MS-SMB2] 3.2.5.1");
            }

            if (answer.Status != NtStatus.STATUS_PENDING)
            {
                return message;
            }
        }

        throw new EndOfStreamException($"the connection ended before the answer to {request.Command}");
    }
}
