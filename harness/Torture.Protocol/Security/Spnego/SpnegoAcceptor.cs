namespace Torture.Protocol.Security;

/// <summary>The server's side of SPNEGO (RFC 4178 3, [MS-SPNG] 3.2).</summary>
/// <param name="mechanisms">Acceptors; the initiator's order decides.</param>
public sealed class SpnegoAcceptor(params IReadOnlyList<ISpnegoMechanism> mechanisms) : SpnegoContext
{
    private bool firstWasTaken;

    public override ReadOnlyMemory<byte> Step(ReadOnlySpan<byte> token)
    {
        if (IsEstablished)
        {
            throw Refused(SecurityFailure.InvalidToken, "A token after the last one of SPNEGO.");
        }

        return Chosen is null ? Begin(NegTokenInit.Parse(token)) : Continue(Chosen, NegTokenResp.Parse(token));
    }

    public override void Dispose()
    {
        foreach (var mechanism in mechanisms)
        {
            mechanism.Dispose();
        }

        base.Dispose();
    }

    // RFC 4178 4.2.2
    private byte[] Begin(NegTokenInit message)
    {
        MechTypes = message.MechTypesDer;
        var oid = message.MechTypes.FirstOrDefault(offered => mechanisms.Any(own => own.Oid == offered))
            ?? throw Refused(SecurityFailure.Unsupported, "No mechanism in common.", "RFC 4178 4.2.2");
        Chosen = mechanisms.First(own => own.Oid == oid);
        firstWasTaken = oid == message.MechTypes[0];
        var answer = new NegTokenResp(firstWasTaken ? NegState.AcceptIncomplete : NegState.RequestMic)
        {
            SupportedMech = oid,
        };
        if (!firstWasTaken || message.MechToken is not { } token)
        {
            return answer.Encode();
        }

        answer = answer with { ResponseToken = Chosen.Step(token.Span) };
        return Finish(Chosen, answer, message.MechListMic).Encode();
    }

    // RFC 4178 4.2.2 and 5
    private byte[] Continue(ISpnegoMechanism mechanism, NegTokenResp message)
    {
        if (message.State == NegState.Reject)
        {
            throw Refused(SecurityFailure.InvalidToken, "The initiator gave the negotiation up.", "RFC 4178 4.2.2");
        }

        var answer = new NegTokenResp(NegState.AcceptIncomplete);
        if (message.ResponseToken is { } token)
        {
            answer = answer with { ResponseToken = Optional(mechanism.Step(token.Span)) };
        }
        else if (!mechanism.IsEstablished)
        {
            throw Refused(SecurityFailure.InvalidToken, "No token for a mechanism that is not complete.");
        }

        return Finish(mechanism, answer, message.MechListMic).Encode();
    }

    // RFC 4178 5: optional if the first mechanism was taken, and then as the initiator wishes
    private NegTokenResp Finish(ISpnegoMechanism mechanism, NegTokenResp answer, ReadOnlyMemory<byte>? mic)
    {
        if (!mechanism.IsEstablished)
        {
            return mic is null
                ? answer
                : throw Refused(SecurityFailure.InvalidToken, "The list is signed before there is a key.");
        }

        if (mic is null && !firstWasTaken)
        {
            throw Refused(SecurityFailure.BadSignature, "The list of mechanisms is not signed.");
        }

        answer = answer with { State = NegState.AcceptCompleted };
        if (mic is { } signature)
        {
            mechanism.Verify(MechTypes.Span, signature.Span);
            answer = answer with { MechListMic = mechanism.Sign(MechTypes.Span) };
            MicExchanged();
        }

        IsEstablished = true;
        return answer;
    }
}
