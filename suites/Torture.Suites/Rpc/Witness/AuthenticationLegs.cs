using Torture.Protocol.Security;

namespace Torture.Suites.Rpc.Witness;

/// <summary>What must go before the first request, and which services may do it ([MS-RPCE] 3.3.1.5.2).</summary>
public sealed class AuthenticationLegs : Suite
{
    private static IEnumerable<TestCaseData> OtherServices =>
        new[] { 1, 11, 14, 17, 18, 21, 68, 100, 200 }
            .Select(type => new TestCaseData((AuthenticationType)type).SetName($"{{m}}_{type}"));

    private static IEnumerable<TestCaseData> NoLevels =>
        new[] { 0, 1, 7, 255 }.Select(level => new TestCaseData((AuthenticationLevel)level).SetName($"{{m}}_{level}"));

    [TestCaseSource(nameof(OtherServices))]
    [Verifies(Swn.UnknownAuthenticationServiceRefused, Rpce.AuthenticationTypeUnknown)]
    public async Task AnotherServiceIsRefused(AuthenticationType type)
    {
        await using var session = await OpenAsync();

        var answer = await session.SendAsync(WithTrailer(type, AuthenticationLevel.Integrity), Deadline);

        Check.That(Swn.UnknownAuthenticationServiceRefused, answer is BindAckPdu, false);
        Check.That(
            Rpce.AuthenticationTypeUnknown, (answer as BindNakPdu)?.Reason,
            BindRejectReason.AuthenticationTypeNotRecognized, [BindRejectReason.InvalidChecksum]);
    }

    [TestCaseSource(nameof(NoLevels)), Verifies(Rpce.AuthenticationLevelInvalid)]
    public async Task AnInvalidLevelIsRefused(AuthenticationLevel level)
    {
        await using var session = await OpenAsync();

        var answer = await session.SendAsync(WithTrailer(AuthenticationType.Ntlmssp, level), Deadline);

        Check.That(Rpce.AuthenticationLevelInvalid, answer is BindNakPdu, true);
    }

    [Test, Verifies(Rpce.RequestBeforeAuthenticated)]
    public async Task ARequestBeforeTheLastLegIsNotExecuted()
    {
        await using var session = await OpenAsync();
        var leg = session.Security.Leg(default);
        var bind = RawSession.Bind() with
        {
            // Whoever is nobody may call it: so that nothing but the log-on that is half done is in the way.
            Contexts = [PresentationContext.Offer(0, SyntaxId.Management, SyntaxId.Ndr20)],
            Security = leg,
        };
        var challenge = await session.SendAsync(PduWriter.Write(bind), Deadline);

        var answer = await session.SendAsync(PduWriter.Write(Protocol.Wire.Probe(2)), Deadline);

        Check.That(Rpce.RequestBeforeAuthenticated, challenge is BindAckPdu, true);
        Check.That(Rpce.RequestBeforeAuthenticated, answer is ResponsePdu, false);
    }

    [Test, Verifies(Rpce.Auth3HasNoReply)]
    public async Task TheLastLegHasNoReply()
    {
        await using var session = await OpenAsync();
        await session.EstablishAsync(Deadline);

        var answer = await session.SendAsync(session.Request(), Deadline);

        Check.That(Rpce.Auth3HasNoReply, answer?.Type, PduType.Response);
    }

    [TestCase(72, TestName = "{m}_FirstByte")]
    [TestCase(87, TestName = "{m}_LastByte")]
    [Verifies(Rpce.AuthenticationFails, Rpce.Auth3HasNoReply)]
    public async Task AWrongMicShowsWithTheFirstRequest(int at)
    {
        await using var session = await OpenAsync();
        var bind = PduWriter.Write(RawSession.Bind() with { Security = session.Security.Leg(default) });
        var challenge = await session.SendAsync(bind, Deadline);
        var leg = session.Security.Leg(challenge?.Security?.Token ?? default)!;
        var token = leg.Token.ToArray();
        token[at] ^= 0x80;
        await session.Rpc.SendAsync(new Auth3Pdu(1) { Security = leg with { Token = token } }, Deadline);

        var answer = await session.SendAsync(session.Request(), Deadline);

        Check.Holds(
            Rpce.AuthenticationFails,
            answer is null or FaultPdu { Status: RpcFault.RPC_S_ACCESS_DENIED or RpcFault.RPC_S_SEC_PKG_ERROR },
            "access denied", $"{answer}");
        Check.Holds(Rpce.Auth3HasNoReply, answer is null or FaultPdu, "a fault", $"{answer?.Type}");
    }

    [TestCase(1, TestName = "{m}_1")]
    [TestCase(11, TestName = "{m}_11")]
    [TestCase(16, TestName = "{m}_16")]
    [TestCase(40, TestName = "{m}_40")]
    [TestCase(2000, TestName = "{m}_2000")]
    [Verifies(Rpce.AuthenticationFails, House.StaysUp)]
    public async Task TokensOfRubbishAreRefused(int length)
    {
        await using (var session = await OpenAsync())
        {
            var token = new byte[length];
            Random.NextBytes(token);
            "NTLMSSP\0"u8[..Math.Min(8, length / 2)].CopyTo(token);
            var answer = await session.SendAsync(
                WithTrailer(AuthenticationType.Ntlmssp, AuthenticationLevel.Integrity, token), Deadline);

            Check.That(Rpce.AuthenticationFails, answer is BindAckPdu { Security: not null }, false);
        }

        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        Check.Holds(
            House.StaysUp, await Alive.AskAsync(witness), r => Alive.Answers(r.Status), Alive.InWords);
    }

    private static byte[] WithTrailer(AuthenticationType type, AuthenticationLevel level, byte[]? token = null) =>
        PduWriter.Write(RawSession.Bind() with
        {
            Security = new SecurityTrailer(
                type, level, 1, token ?? new NtlmNegotiate(new NtlmInitiatorOptions().Flags).Encode()),
        });

    private async Task<RawSession> OpenAsync()
    {
        var account = Cluster.Accounts[0];
        var ntlm = new NtlmInitiator(
            new NtlmCredential(account.User, account.Password, account.Domain), Time, Random.NextBytes);
        var endpoint = await MapWitnessAsync(Cluster.Nodes[0].Address);
        return new RawSession(await OpenAsync(endpoint), ntlm, AuthenticationLevel.Integrity);
    }
}
