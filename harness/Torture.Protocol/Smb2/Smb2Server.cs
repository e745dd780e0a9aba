namespace Torture.Protocol.Smb2;

/// <summary>What an <see cref="Smb2Server"/> is told.</summary>
public sealed record Smb2ServerOptions(TimeProvider Time, Random Random)
{
    public Guid ServerGuid { get; init; }

    public IReadOnlyList<Smb2Dialect> Dialects { get; init; } =
        [Smb2Dialect.Smb202, Smb2Dialect.Smb210, Smb2Dialect.Smb300, Smb2Dialect.Smb302, Smb2Dialect.Smb311];

    /// <summary>Credits that one connection can have at once.</summary>
    public int MaximumCredits { get; init; } = 512;

    public Action<string> Log { get; init; } = _ => { };
}

/// <summary>
/// The smallest SMB2 server that a failover can be seen with: NEGOTIATE and ECHO, which need no session
/// ([MS-SMB2] 3.3.5.4, 3.3.5.17). It knows no users, so that SESSION_SETUP is refused and ends the connection.
/// </summary>
public class Smb2Server(Smb2ServerOptions options)
{
    /// <summary>Serves one connection until it ends, and disposes it.</summary>
    public virtual async Task ServeAsync(Stream connection, CancellationToken cancellation)
    {
        await using (connection)
        {
            try
            {
                await ServeMessagesAsync(connection, cancellation);
            }
            catch (ProtocolException refused)
            {
                options.Log($"SMB2: connection closed: {refused.Message}");
            }
            catch (IOException)
            {
                // The client reset the connection: nobody is left to tell.
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // The server ends.
            }
        }
    }

    /// <summary>Answers a NEGOTIATE; the dialect of the connection is None where it was refused.</summary>
    // [MS-SMB2] 3.3.5.4
    protected virtual (NtStatus Status, byte[] Body, Smb2Dialect Dialect) Negotiate(ReadOnlySpan<byte> message)
    {
        Smb2NegotiateRequest request;
        try
        {
            request = Smb2NegotiateRequest.Parse(message);
        }
        catch (ProtocolException refused)
        {
            options.Log($"SMB2: {refused.Message}");
            return Refuse(NtStatus.STATUS_INVALID_PARAMETER);
        }

        if (request.Dialects.Count == 0)
        {
            return Refuse(NtStatus.STATUS_INVALID_PARAMETER);
        }

        var dialect = request.Dialects.Intersect(options.Dialects).DefaultIfEmpty().Max();
        if (dialect == Smb2Dialect.None)
        {
            return Refuse(NtStatus.STATUS_NOT_SUPPORTED);
        }

        var refusal = dialect == Smb2Dialect.Smb311 ? CheckContexts(request.Contexts) : NtStatus.STATUS_SUCCESS;
        if (refusal != NtStatus.STATUS_SUCCESS)
        {
            return Refuse(refusal);
        }

        var salt = new byte[32];
        options.Random.NextBytes(salt);
        var now = options.Time.GetUtcNow().ToFileTime();
        var response = new Smb2NegotiateResponse(dialect, options.ServerGuid, now)
        {
            Contexts = dialect == Smb2Dialect.Smb311 ? [Smb2NegotiateContext.PreauthIntegrity(salt)] : [],
        };
        return (NtStatus.STATUS_SUCCESS, response.Encode(), dialect);
    }

    /// <summary>Status and body of the answer to an ECHO.</summary>
    // [MS-SMB2] 3.3.5.17; a signature needs a session (3.3.5.2.4)
    protected virtual (NtStatus Status, byte[] Body) Echo(Smb2Header header, ReadOnlySpan<byte> message)
    {
        if (header.Flags.HasFlag(Smb2HeaderFlags.SMB2_FLAGS_SIGNED))
        {
            return (NtStatus.STATUS_USER_SESSION_DELETED, Smb2Body.Error.ToArray());
        }

        try
        {
            Smb2Body.ParseEcho(message);
            return (NtStatus.STATUS_SUCCESS, Smb2Body.Echo.ToArray());
        }
        catch (ProtocolException)
        {
            return (NtStatus.STATUS_INVALID_PARAMETER, Smb2Body.Error.ToArray());
        }
    }

    private static (NtStatus Status, byte[] Body, Smb2Dialect Dialect) Refuse(NtStatus status) =>
        (status, Smb2Body.Error.ToArray(), Smb2Dialect.None);

    // [MS-SMB2] 3.3.5.4
    private static NtStatus CheckContexts(IReadOnlyList<Smb2NegotiateContext> contexts)
    {
        const Smb2NegotiateContextType preauth = Smb2NegotiateContextType.SMB2_PREAUTH_INTEGRITY_CAPABILITIES;
        var known = contexts.Where(context => context.Type <= Smb2NegotiateContextType.SMB2_SIGNING_CAPABILITIES);
        var twice = known.GroupBy(context => context.Type).Any(same => same.Count() > 1);
        var own = contexts.FirstOrDefault(context => context.Type == preauth);
        return own is null || twice ? NtStatus.STATUS_INVALID_PARAMETER
            : own.OffersSha512 ? NtStatus.STATUS_SUCCESS
            : NtStatus.STATUS_SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP;
    }

    private async Task ServeMessagesAsync(Stream connection, CancellationToken cancellation)
    {
        var framing = new Smb2Framing(connection);
        var window = new Smb2Window(options.MaximumCredits);
        var dialect = Smb2Dialect.None;
        while (await framing.ReadAsync(cancellation) is { } compound)
        {
            foreach (var message in Split(compound))
            {
                var header = Smb2Header.Parse(message.Span);
                Admit(header, window, dialect);
                if (header.Command == Smb2Command.CANCEL)
                {
                    continue;
                }

                var (status, body) = header.Command == Smb2Command.NEGOTIATE
                    ? Open(message.Span, ref dialect)
                    : Answer(header, message.Span);
                var response = new Smb2Header(header.Command, header.MessageId)
                {
                    CreditCharge = header.CreditCharge,
                    Status = status,
                    Credits = window.Grant(header.Credits),
                    Flags = Smb2HeaderFlags.SMB2_FLAGS_SERVER_TO_REDIR,
                    ProcessId = header.ProcessId,
                    TreeId = header.TreeId,
                    SessionId = header.SessionId,
                };
                await connection.WriteAsync(response.Frame(body), cancellation);
                if (dialect == Smb2Dialect.None || header.Command == Smb2Command.SESSION_SETUP)
                {
                    options.Log($"SMB2: {header.Command} answered {status}, connection closed.");
                    return;
                }
            }
        }
    }

    private (NtStatus Status, byte[] Body) Open(ReadOnlySpan<byte> message, ref Smb2Dialect dialect)
    {
        (var status, var body, dialect) = Negotiate(message);
        return (status, body);
    }

    // [MS-SMB2] 3.3.5.2.9: without a session there is nothing else
    private (NtStatus Status, byte[] Body) Answer(Smb2Header header, ReadOnlySpan<byte> message) =>
        header.Command switch
        {
            Smb2Command.ECHO => Echo(header, message),
            Smb2Command.SESSION_SETUP => (NtStatus.STATUS_NOT_SUPPORTED, Smb2Body.Error.ToArray()),
            > Smb2Command.OPLOCK_BREAK => (NtStatus.STATUS_INVALID_PARAMETER, Smb2Body.Error.ToArray()),
            _ => (NtStatus.STATUS_USER_SESSION_DELETED, Smb2Body.Error.ToArray()),
        };

    // [MS-SMB2] 3.3.5.2: each of these ends the connection without an answer
    private static void Admit(Smb2Header header, Smb2Window window, Smb2Dialect dialect)
    {
        if (header.Flags.HasFlag(Smb2HeaderFlags.SMB2_FLAGS_SERVER_TO_REDIR))
        {
            throw new ProtocolException("A response came from a client.", "[MS-SMB2] 3.3.5.2", 16);
        }

        if (header.Command == Smb2Command.NEGOTIATE != (dialect == Smb2Dialect.None))
        {
            throw new ProtocolException($"{header.Command} at dialect {dialect}.", "[MS-SMB2] 3.3.5.4", 12);
        }

        if (header.Command != Smb2Command.CANCEL && !window.Take(header.MessageId, header.CreditCharge))
        {
            throw new ProtocolException(
                $"Message id {header.MessageId} (charge {header.CreditCharge}) is not free.",
                "[MS-SMB2] 3.3.5.2.3",
                24);
        }
    }

    // [MS-SMB2] 3.3.5.2.7
    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> compound)
    {
        var messages = new List<ReadOnlyMemory<byte>>();
        for (var rest = compound; ;)
        {
            var next = Smb2Header.Parse(rest.Span).NextCommand;
            if (next == 0)
            {
                messages.Add(rest);
                return messages;
            }

            if (next % 8 != 0 || next < Smb2Header.Size || next > rest.Length)
            {
                throw new ProtocolException($"NextCommand {next} leads nowhere.", "[MS-SMB2] 3.3.5.2.7", 20);
            }

            messages.Add(rest[..(int)next]);
            rest = rest[(int)next..];
        }
    }
}
