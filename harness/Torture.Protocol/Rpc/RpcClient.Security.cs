using Torture.Protocol.Security;

namespace Torture.Protocol.Rpc;

public sealed partial class RpcClient : IFragmentSteps
{
    void IFragmentSteps.Protect(SecuritySlot slot, Span<byte> pdu, Range body, Span<byte> token) =>
        slot.Context.Protect(pdu, body, slot.EffectiveLevel, HeaderSigning, token);

    private SecuritySlot AddSlot(ISecurityContext context, AuthenticationLevel level, uint id)
    {
        var slot = new SecuritySlot(id, context.Type, level, context);
        _slots.Add(id, slot);
        return slot;
    }

    private static SecurityTrailer FirstLeg(SecuritySlot slot) => Leg(slot, slot.Context.Step([]));

    private static SecurityTrailer Leg(SecuritySlot slot, ReadOnlyMemory<byte> token) =>
        new(slot.Type, slot.Level, slot.Id, token);

    /// <summary>The legs after the first: alter_context, or auth3 where nothing comes back.</summary>
    private async Task FinishSecurityAsync(
        SecuritySlot slot, SecurityTrailer? answer, CancellationToken cancellationToken)
    {
        while (answer is not null)
        {
            var token = slot.Context.Step(answer.Token.Span);
            answer = null;
            if (token.IsEmpty)
            {
                break;
            }

            if (slot is { Type: AuthenticationType.Ntlmssp, Context.IsEstablished: true })
            {
                await SendAuth3Async(Leg(slot, token));
            }
            else
            {
                var response = await ExchangeAsync(Alter(OwnContext(), Leg(slot, token)), cancellationToken);
                answer = response.Security;
            }
        }

        if (!slot.Context.IsEstablished)
        {
            throw new SecurityContextException(
                SecurityFailure.InvalidToken, "the server ended the exchange of tokens too early",
                "[MS-RPCE] 3.3.1.5.2");
        }

        slot.Record(_options.KeyLog, _options.TimeProvider, Local, Remote);
    }

    private async Task SendAuth3Async(SecurityTrailer security)
    {
        _output.Append(PduWriter.Write(new Auth3Pdu(NextCallId()) { Security = security }));
        await _output.FlushAsync();
    }

    /// <summary>Verifies and opens a response or fault in place.</summary>
    private void Unprotect(Span<byte> pdu, FragmentLayout fragment)
    {
        if (!_slots.TryGetValue(fragment.SecurityContextId, out var slot) || slot.Type != fragment.SecurityType)
        {
            throw new ProtocolException(
                $"answer of unknown security context {fragment.SecurityContextId}", "[MS-RPCE] 3.3.1.5.2.1");
        }

        if (slot.Protects)
        {
            var trailerEnd = fragment.Header.TrailerOffset + SecurityTrailer.Size;
            slot.Context.Unprotect(
                pdu[..trailerEnd], fragment.Body, slot.EffectiveLevel, HeaderSigning, pdu[trailerEnd..]);
        }
    }
}
