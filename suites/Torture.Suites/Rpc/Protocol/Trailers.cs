using Torture.Protocol.Security;

namespace Torture.Suites.Rpc.Protocol;

/// <summary>Security contexts and trailers ([MS-RPCE] 2.2.2.11, 3.3.1.5.2).</summary>
public sealed class Trailers : Suite
{
    [Test, Verifies(Rpce.AuthenticationTypeUnknown, Rpce.BindNakCloses)]
    public async Task UnknownAuthenticationType()
    {
        await using var wire = await OpenAsync();

        var nak = await wire.AskAsync<BindNakPdu>(Secured(type: 99, level: 5));

        Check.That(
            Rpce.AuthenticationTypeUnknown, nak?.Reason, BindRejectReason.AuthenticationTypeNotRecognized);
        Check.That(Rpce.BindNakCloses, await wire.EndsAsync(), true);
    }

    [TestCase(0, TestName = "{m}_0")]
    [TestCase(1, TestName = "{m}_None")]
    [TestCase(7, TestName = "{m}_7")]
    [TestCase(255, TestName = "{m}_255")]
    [Verifies(Rpce.AuthenticationLevelInvalid, House.StaysUp)]
    public async Task InvalidAuthenticationLevel(int level)
    {
        await using var wire = await OpenAsync();

        var nak = await wire.AskAsync<BindNakPdu>(Secured(type: 10, level));

        Check.That(Rpce.AuthenticationLevelInvalid, nak?.Reason, BindRejectReason.NotSpecified);
        await StaysUpAsync();
    }

    [Test, Verifies(Rpce.TrailerAligned, Rpce.TrailerFromTheEnd)]
    public async Task ATrailerAtAnOddPlace()
    {
        await using var wire = await OpenAsync();
        var bind = Secured(type: 10, level: 5);

        var nak = await wire.AskAsync<BindNakPdu>(
            bind with { Security = bind.Security! with { Padding = new byte[2] } });

        Check.That(Rpce.TrailerAligned, nak?.Reason, BindRejectReason.NotSpecified);
        Check.That(Rpce.TrailerFromTheEnd, await wire.EndsAsync(), true);
    }

    /// <summary>Only auth_pad_length tells where the stub ends; to 16 is what clients do, to 4 is enough.</summary>
    [TestCase(4, TestName = "{m}_4")]
    [TestCase(8, TestName = "{m}_8")]
    [TestCase(12, TestName = "{m}_12")]
    [Verifies(Rpce.TrailerFromTheEnd, Rpce.TrailerAligned)]
    public async Task PaddingIsAsLongAsItSays(int padding)
    {
        await using var wire = await OpenAsync();
        var security = await wire.BoundAsync(wire.Ntlm(AuthenticationLevel.Integrity, Random));
        var trailer = new SecurityTrailer(security.Context.Type, security.Level, security.ContextId, default)
        {
            Padding = new byte[padding],
        };
        await wire.SendAsync(Wire.PrincipalName(2) with { Security = trailer }, security);

        var answer = await AnswerAsync(wire, security);
        Check.That(Rpce.TrailerFromTheEnd, answer?.CallId, 2u);
        Check.That(Rpce.TrailerAligned, answer?.Type, PduType.Response);
    }

    [Test, Verifies(Rpce.AuthenticationFails, Rpce.Auth3HasNoReply)]
    public async Task AWrongPasswordShowsWithTheFirstRequest()
    {
        await using var wire = await OpenAsync();
        var security = await wire.BoundAsync(wire.Ntlm(AuthenticationLevel.Integrity, Random, password: "wrong"));

        var fault = await wire.AskAsync<FaultPdu>(Wire.Call(2, 0, default), security);

        Check.That(Rpce.AuthenticationFails, fault?.Status, RpcFault.RPC_S_ACCESS_DENIED);
        Check.That(Rpce.Auth3HasNoReply, fault?.CallId, 2u);
        Check.That(Rpce.AuthenticationFails, await wire.EndsAsync(), true);
    }

    [Test, Verifies(Rpce.RequestBeforeAuthenticated)]
    public async Task ARequestBetweenTheLegs()
    {
        await using var wire = await OpenAsync();
        var security = wire.Ntlm(AuthenticationLevel.Integrity, Random);
        await wire.BoundAsync(Wire.Bind() with { Security = security.Leg(default) });

        var fault = await wire.AskAsync<FaultPdu>(Wire.Probe(2));

        Check.That(Rpce.RequestBeforeAuthenticated, fault?.Status, RpcFault.nca_proto_error);
        Check.That(Rpce.RequestBeforeAuthenticated, await wire.EndsAsync(), true);
    }

    [TestCase(4, TestName = "{m}_Packet")]
    [TestCase(5, TestName = "{m}_Integrity")]
    [TestCase(6, TestName = "{m}_Privacy")]
    [Verifies(Rpce.BadSignatureRefused, Rpce.PacketLevelSigned, House.StaysUp)]
    public async Task AChangedStubIsRefused(int level)
    {
        await using var wire = await OpenAsync();
        var security = await wire.BoundAsync(wire.Ntlm((AuthenticationLevel)level, Random));
        var bytes = security.Protect(Wire.Call(2, 0, new byte[16]), wire.Raw.HeaderSigning);
        bytes[24] ^= 1;

        await wire.SendAsync(bytes);

        var fault = await wire.ReceiveAsync() as FaultPdu;
        Check.That(Rpce.BadSignatureRefused, fault?.Status, RpcFault.RPC_S_SEC_PKG_ERROR);
        Check.That(Rpce.PacketLevelSigned, await wire.EndsAsync(), true);
        await StaysUpAsync();
    }

    [Test, Verifies(Rpce.SequenceKept, House.StaysUp)]
    public async Task AReplayedRequestIsRefused()
    {
        await using var wire = await OpenAsync();
        var security = await wire.BoundAsync(wire.Ntlm(AuthenticationLevel.Integrity, Random));
        var bytes = security.Protect(Wire.Call(2, 0, default), wire.Raw.HeaderSigning);
        await wire.SendAsync(bytes);
        await AnswerAsync(wire, security);

        await wire.SendAsync(bytes);

        var fault = await wire.ReceiveAsync() as FaultPdu;
        Check.That(Rpce.SequenceKept, fault?.Status, RpcFault.RPC_S_SEC_PKG_ERROR);
        Check.That(Rpce.SequenceKept, await wire.EndsAsync(), true);
        await StaysUpAsync();
    }

    [TestCase(4, TestName = "{m}_Packet")]
    [TestCase(5, TestName = "{m}_Integrity")]
    [TestCase(6, TestName = "{m}_Privacy")]
    [Verifies(Rpce.ResponseProtected, Rpce.HeaderSigning)]
    public async Task AResponseIsProtectedAsItsRequest(int level)
    {
        await using var wire = await OpenAsync();
        var security = await wire.BoundAsync(wire.Ntlm((AuthenticationLevel)level, Random));
        await wire.SendAsync(Wire.Probe(2), security);

        var answer = await OpenedAsync(wire, security);

        Check.That(Rpce.HeaderSigning, wire.Raw.HeaderSigning, true);
        Check.That(Rpce.ResponseProtected, answer?.Security?.Type, AuthenticationType.Ntlmssp);
        Check.That(Rpce.ResponseProtected, answer?.Security?.Level, (AuthenticationLevel)level);
    }

    [Test, Verifies(Rpce.SealedIsUnreadable)]
    public async Task ASealedListIsUnreadable()
    {
        await using var wire = await OpenAsync();
        var security = await wire.BoundAsync(wire.Ntlm(AuthenticationLevel.Privacy, Random));
        await wire.SendAsync(Wire.Call(2, 0, default), security);

        var bytes = await wire.Raw.ReceiveBytesAsync(Deadline);

        var name = System.Text.Encoding.Unicode.GetBytes(Cluster.Nodes[0].Name);
        Check.That(Rpce.SealedIsUnreadable, bytes.AsSpan().IndexOf(name), -1);
    }

    [Test, Verifies(Rpce.UnprotectedRequestRefused, Swn.WeakAuthenticationLevelRefused)]
    public async Task ARequestWithoutItsTrailer()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync(wire.Ntlm(AuthenticationLevel.Integrity, Random));

        var fault = await wire.AskAsync<FaultPdu>(Wire.Call(2, 0, default));

        Check.That(Rpce.UnprotectedRequestRefused, fault?.Status, RpcFault.RPC_S_ACCESS_DENIED);
        Check.That(Swn.WeakAuthenticationLevelRefused, fault?.CallId, 2u);
    }

    [Test, Verifies(Rpce.UnknownSecurityContext, House.StaysUp)]
    public async Task ATrailerOfNobody()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var fault = await wire.AskAsync<FaultPdu>(Wire.Probe(2) with
        {
            Security = new SecurityTrailer(AuthenticationType.Ntlmssp, AuthenticationLevel.Integrity, 5, new byte[16]),
        });

        Check.That(Rpce.UnknownSecurityContext, fault?.Status, RpcFault.RPC_S_ACCESS_DENIED);
        Check.That(Rpce.UnknownSecurityContext, await wire.EndsAsync(), true);
        await StaysUpAsync();
    }

    [Test, Verifies(Rpce.VerificationTrailerTolerated)]
    public async Task AVerificationTrailerIsTakenOff()
    {
        await using var wire = await OpenAsync();
        var security = await wire.BoundAsync(wire.Ntlm(AuthenticationLevel.Integrity, Random));
        var right = new VerificationTrailer(1, (SyntaxId.Witness, SyntaxId.Ndr20));

        await wire.SendAsync(Wire.Call(2, 0, right.Encode()), security);

        var answer = await AnswerAsync(wire, security);
        Check.That(Rpce.VerificationTrailerTolerated, answer?.CallId, 2u);
    }

    [TestCase("interface", TestName = "{m}_Interface")]
    [TestCase("transfer", TestName = "{m}_TransferSyntax")]
    [TestCase("header", TestName = "{m}_Header")]
    [Verifies(Rpce.VerificationTrailerTolerated, House.StaysUp)]
    public async Task AVerificationTrailerThatContradicts(string what)
    {
        await using var wire = await OpenAsync();
        var security = await wire.BoundAsync(wire.Ntlm(AuthenticationLevel.Integrity, Random));
        var wrong = what switch
        {
            "interface" => new VerificationTrailer(1, (SyntaxId.Management, SyntaxId.Ndr20)),
            "transfer" => new VerificationTrailer(1, (SyntaxId.Witness, SyntaxId.Ndr64)),
            _ => new VerificationTrailer(1, Header: new VerificationHeader(
                PduType.Request, DataRepresentation.LittleEndian, CallId: 99, Wire.Witness, Opnum: 0)),
        };

        var fault = await wire.AskAsync<FaultPdu>(Wire.Call(2, 0, wrong.Encode()), security);

        Check.That(Rpce.VerificationTrailerTolerated, fault?.Status, RpcFault.RPC_S_ACCESS_DENIED);
        await StaysUpAsync();
    }

    private static BindPdu Secured(int type, int level) => Wire.Bind() with
    {
        Security = new SecurityTrailer(
            (AuthenticationType)type, (AuthenticationLevel)level, 1, "NTLMSSP\0\x01\0\0\0"u8.ToArray()),
    };

    /// <summary>All fragments of an answer, opened; the last one of them.</summary>
    private static async Task<ResponsePdu?> AnswerAsync(Wire wire, RawSecurity security)
    {
        ResponsePdu? part;
        do
        {
            part = await wire.ReceiveAsync(security) as ResponsePdu;
        }
        while (part is not null && !part.Flags.HasFlag(PduFlags.LastFragment));

        return part;
    }

    /// <summary>Null where the signature does not hold.</summary>
    private static async Task<ResponsePdu?> OpenedAsync(Wire wire, RawSecurity security)
    {
        try
        {
            return await AnswerAsync(wire, security);
        }
        catch (SecurityContextException)
        {
            return null;
        }
    }

    private async Task StaysUpAsync()
    {
        await using var another = await OpenAsync();
        Check.That(House.StaysUp, await another.BindsAndServesAsync(), true);
    }

    private async Task<Wire> OpenAsync()
    {
        var endpoint = await MapWitnessAsync(Cluster.Nodes[0].Address);
        return new Wire(await OpenAsync(endpoint), Cluster, Time, Deadline);
    }
}
