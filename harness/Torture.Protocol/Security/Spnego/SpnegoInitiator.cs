namespace Torture.Protocol.Security;

/// <summary>The client's side of SPNEGO (RFC 4178 3, [MS-SPNG] 3.3).</summary>
/// <param name="mechanisms">Initiators, the most wanted first; its token goes with the first message.</param>
public sealed class SpnegoInitiator(params IReadOnlyList<ISpnegoMechanism> mechanisms) : SpnegoContext
{
    private bool sentMic;

    public override ReadOnlyMemory<byte> Step(ReadOnlySpan<byte> token)
    {
        if (IsEstablished)
        {
            throw Refused(SecurityFailure.InvalidToken, "A token after the last one of SPNEGO.");
        }

        return Chosen is null ? Begin() : Continue(Chosen, NegTokenResp.Parse(token));
    }

    public override void Dispose()
    {
        foreach (var mechanism in mechanisms)
        {
            mechanism.Dispose();
        }

        base.Dispose();
    }

    // RFC 4178 4.2.1
    private byte[] Begin()
    {
        Chosen = mechanisms[0];
        var message = new NegTokenInit([.. mechanisms.Select(mechanism => mechanism.Oid)])
        {
            MechToken = Chosen.Step([]),
        };
        MechTypes = message.MechTypesDer;
        return message.Encode();
    }

    // RFC 4178 4.2.2 and 5
    private ReadOnlyMemory<byte> Continue(ISpnegoMechanism mechanism, NegTokenResp answer)
    {
        if (answer.State == NegState.Reject)
        {
            throw Refused(SecurityFailure.LogonDenied, "The acceptor rejected the negotiation.", "RFC 4178 4.2.2");
        }

        mechanism = Select(mechanism, answer.SupportedMech);
        var token = mechanism.IsEstablished && answer.ResponseToken is null
            ? default
            : mechanism.Step((answer.ResponseToken ?? default).Span);
        if (!mechanism.IsEstablished)
        {
            return new NegTokenResp { ResponseToken = token }.Encode();
        }

        if (sentMic || answer.State == NegState.AcceptCompleted)
        {
            return Complete(mechanism, answer, token);
        }

        var response = new NegTokenResp { ResponseToken = Optional(token) };
        if (MicIsDue(mechanism, answer))
        {
            sentMic = true;
            response = response with { MechListMic = mechanism.Sign(MechTypes.Span) };
        }

        return response.Encode();
    }

    private bool MicIsDue(ISpnegoMechanism mechanism, NegTokenResp answer) =>
        mechanism.RequiresMechListMic || !ReferenceEquals(mechanism, mechanisms[0])
        || answer.State == NegState.RequestMic;

    // RFC 4178 5 d
    private ReadOnlyMemory<byte> Complete(ISpnegoMechanism mechanism, NegTokenResp answer, ReadOnlyMemory<byte> token)
    {
        if (answer.State != NegState.AcceptCompleted || !token.IsEmpty)
        {
            throw Refused(SecurityFailure.InvalidToken, "The mechanism is complete and the negotiation is not.");
        }

        if (answer.MechListMic is { } mic)
        {
            mechanism.Verify(MechTypes.Span, mic.Span);
        }

        if (sentMic != answer.MechListMic is not null)
        {
            throw Refused(SecurityFailure.BadSignature, "Only one side signed the list of mechanisms.");
        }

        if (sentMic)
        {
            MicExchanged();
        }

        IsEstablished = true;
        return default;
    }

    // RFC 4178 4.2.2: the token that went with the first message is lost if the acceptor chose another mechanism
    private ISpnegoMechanism Select(ISpnegoMechanism present, string? oid)
    {
        if (oid is null || oid == present.Oid)
        {
            return present;
        }

        Chosen = !sentMic && ReferenceEquals(present, mechanisms[0])
            ? mechanisms.FirstOrDefault(mechanism => mechanism.Oid == oid)
            : null;
        return Chosen
            ?? throw Refused(SecurityFailure.InvalidToken, $"The acceptor chose {oid}, which was not offered.");
    }
}
