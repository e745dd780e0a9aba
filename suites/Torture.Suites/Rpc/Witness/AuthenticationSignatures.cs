using Torture.Protocol.Security;

namespace Torture.Suites.Rpc.Witness;

/// <summary>What was signed is what was sent, once and in order ([MS-RPCE] 3.3.1.5.2).</summary>
public sealed class AuthenticationSignatures : Suite
{
    private const string Refused = "fault RPC_S_SEC_PKG_ERROR or RPC_S_ACCESS_DENIED, or the end of the connection";

    private static IEnumerable<TestCaseData> Tampered =>
        from level in (AuthenticationLevel[])[AuthenticationLevel.Integrity, AuthenticationLevel.Privacy]
        from part in (string[])["Signature", "Sequence", "Stub", "Opnum", "CallId", "Trailer"]
        select new TestCaseData(level, part).SetName($"{{m}}_{level}_{part}");

    private static IEnumerable<TestCaseData> Levels =>
        from level in (AuthenticationLevel[])[AuthenticationLevel.Integrity, AuthenticationLevel.Privacy]
        from spnego in (bool[])[false, true]
        select new TestCaseData(level, spnego).SetName($"{{m}}_{(spnego ? "Spnego" : "Ntlmssp")}{level}");

    [TestCaseSource(nameof(Tampered)), Verifies(Rpce.BadSignatureRefused, House.TamperedCallRefused)]
    public async Task ATamperedRequestIsRefused(AuthenticationLevel level, string part)
    {
        await using var session = await EstablishAsync(level);
        var request = session.Request(pdu => pdu with { Stub = new byte[16] });
        request[At(part, request.Length)] ^= 0x01;

        var answer = await session.SendAsync(request, Deadline);

        IsRefused(Rpce.BadSignatureRefused, answer);
        Check.That(House.TamperedCallRefused, answer is ResponsePdu, false);
    }

    [Test, Verifies(Rpce.BadSignatureRefused)]
    public async Task ATamperedRequestEndsTheConnection()
    {
        await using var session = await EstablishAsync(AuthenticationLevel.Integrity);
        var request = session.Request();
        request[^8] ^= 0xFF;

        var answer = await session.SendAsync(request, Deadline);

        IsRefused(Rpce.BadSignatureRefused, answer);
        if (answer is FaultPdu)
        {
            Check.That(Rpce.BadSignatureRefused, await session.ReceiveAsync(Deadline) is null, true);
        }
    }

    [TestCaseSource(nameof(Levels)), Verifies(Rpce.SequenceKept)]
    public async Task AReplayedRequestIsRefused(AuthenticationLevel level, bool spnego)
    {
        await using var session = await EstablishAsync(level, spnego);
        var request = session.Request();
        var first = await session.SendAsync(request.ToArray(), Deadline);

        var second = await session.SendAsync(request, Deadline);

        Check.That(Rpce.SequenceKept, first is ResponsePdu, true);
        IsRefused(Rpce.SequenceKept, second);
    }

    [TestCaseSource(nameof(Levels)), Verifies(Rpce.SequenceKept)]
    public async Task RequestsOutOfOrderAreRefused(AuthenticationLevel level, bool spnego)
    {
        await using var session = await EstablishAsync(level, spnego);
        session.Request();
        var second = session.Request();

        var answer = await session.SendAsync(second, Deadline);

        IsRefused(Rpce.SequenceKept, answer);
    }

    [TestCaseSource(nameof(Levels)), Verifies(Rpce.ResponseProtected)]
    public async Task AResponseIsProtectedAsItsRequest(AuthenticationLevel level, bool spnego)
    {
        await using var session = await EstablishAsync(level, spnego);

        var answer = await OpenedAsync(session.SendAsync(session.Request(), Deadline));

        Check.That(Rpce.ResponseProtected, answer?.Security?.Level, level);
        Check.That(Rpce.ResponseProtected, answer?.Security?.Type, session.Security.Context.Type);
        Check.That(Rpce.ResponseProtected, answer?.Security?.ContextId, session.Security.ContextId);
    }

    [TestCase(false, TestName = "{m}_Ntlmssp")]
    [TestCase(true, TestName = "{m}_Spnego")]
    [Verifies(Rpce.SealedIsUnreadable)]
    public async Task ASealedResponseIsUnreadable(bool spnego)
    {
        await using var session = await EstablishAsync(AuthenticationLevel.Privacy, spnego);
        var address = Cluster.PublicAddresses[0].Address.GetAddressBytes();
        await session.Rpc.SendAsync(session.Request(), Deadline);
        var bytes = await session.Rpc.ReceiveBytesAsync(Deadline) ?? [];

        var onTheWire = bytes.AsSpan().IndexOf(address) >= 0;
        Check.That(Rpce.SealedIsUnreadable, onTheWire, false);
        session.Security.Unprotect(bytes, session.Rpc.HeaderSigning);
        var opened = bytes.AsSpan().IndexOf(address) >= 0;
        Check.That(Rpce.SealedIsUnreadable, opened, true);
    }

    [TestCase(true, false, TestName = "{m}_Ntlmssp")]
    [TestCase(true, true, TestName = "{m}_Spnego")]
    [TestCase(false, false, TestName = "{m}_Ntlmssp_NotAnnounced")]
    [TestCase(false, true, TestName = "{m}_Spnego_NotAnnounced")]
    [Verifies(Rpce.HeaderSigning)]
    public async Task HeaderSigningIsUsedIfBothAnnounceIt(bool announced, bool spnego)
    {
        await using var session = await OpenAsync(AuthenticationLevel.Integrity, spnego);
        var ack = await session.EstablishAsync(
            Deadline, RawSession.Bind(announced ? PduFlags.Whole | PduFlags.SupportHeaderSign : PduFlags.Whole));

        var answer = await session.SendAsync(session.Request(), Deadline);

        Check.That(Rpce.HeaderSigning, answer is ResponsePdu, true);
        Check.That(
            Rpce.HeaderSigning, ack.Flags & PduFlags.SupportHeaderSign,
            announced ? PduFlags.SupportHeaderSign : PduFlags.None);
    }

    [Test, Verifies(Rpce.UnprotectedRequestRefused, Swn.WeakAuthenticationLevelRefused)]
    public async Task ARequestWithoutItsTrailerIsRefused()
    {
        await using var session = await EstablishAsync(AuthenticationLevel.Integrity);
        var request = PduWriter.Write(new RequestPdu(2, 0, 0, 0, default));

        var answer = await session.SendAsync(request, Deadline);

        Check.That(Rpce.UnprotectedRequestRefused, answer is ResponsePdu, false);
        Check.That(Swn.WeakAuthenticationLevelRefused, answer is ResponsePdu, false);
    }

    [Test, Verifies(Rpce.UnknownSecurityContext)]
    public async Task ATrailerOfAnotherContextIsRefused()
    {
        await using var session = await EstablishAsync(AuthenticationLevel.Integrity);
        var other = session.Request(pdu => pdu with
        {
            Security = new SecurityTrailer(
                AuthenticationType.Ntlmssp, AuthenticationLevel.Integrity, session.Security.ContextId + 7, default),
        });

        IsRefused(Rpce.UnknownSecurityContext, await session.SendAsync(other, Deadline));
    }

    [TestCase(true, TestName = "{m}_Right")]
    [TestCase(false, TestName = "{m}_Wrong")]
    [Verifies(Rpce.VerificationTrailerTolerated)]
    public async Task AVerificationTrailerIsCheckedAndTakenOff(bool right)
    {
        var bound = right ? SyntaxId.Witness : SyntaxId.Management;
        var trailer = new VerificationTrailer(
            VerificationTrailer.ClientSupportsHeaderSigning, (bound, SyntaxId.Ndr20));
        await using var session = await EstablishAsync(AuthenticationLevel.Integrity);

        var answer = await session.SendAsync(session.Request(pdu => pdu with { Stub = trailer.Encode() }), Deadline);

        Check.That(Rpce.VerificationTrailerTolerated, answer is ResponsePdu, right);
    }

    /// <summary>That the session opens an answer shows that its signature holds; null: it does not.</summary>
    private static async Task<Pdu?> OpenedAsync(Task<Pdu?> answer)
    {
        try
        {
            return await answer;
        }
        catch (SecurityContextException)
        {
            return null;
        }
    }

    private static int At(string part, int length) => part switch
    {
        "Signature" => length - 10,
        "Sequence" => length - 4,
        "Stub" => 24,
        "Opnum" => 22,
        "CallId" => 12,
        _ => length - 16 - 5,
    };

    private async Task<RawSession> EstablishAsync(AuthenticationLevel level, bool spnego = false)
    {
        var session = await OpenAsync(level, spnego);
        await session.EstablishAsync(Deadline);
        return session;
    }

    private async Task<RawSession> OpenAsync(AuthenticationLevel level, bool spnego)
    {
        var account = Cluster.Accounts[0];
        var ntlm = new NtlmInitiator(
            new NtlmCredential(account.User, account.Password, account.Domain), Time, Random.NextBytes);
        var endpoint = await MapWitnessAsync(Cluster.Nodes[0].Address);
        return new RawSession(await OpenAsync(endpoint), spnego ? new SpnegoInitiator(ntlm) : ntlm, level);
    }

    private void IsRefused(string requirement, Pdu? answer) =>
        Check.Holds(
            requirement,
            answer is null or FaultPdu { Status: RpcFault.RPC_S_SEC_PKG_ERROR or RpcFault.RPC_S_ACCESS_DENIED },
            Refused,
            answer switch
            {
                null => "the connection ended",
                FaultPdu fault => $"fault {fault.Status}",
                _ => answer.Type.ToString(),
            });
}
