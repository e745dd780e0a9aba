using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;

namespace Torture.SelfTests.Rpc;

/// <summary>Security contexts and trailers, PDU by PDU.</summary>
[CancelAfter(20_000)]
public sealed class SecurityTests
{
    private static AlterContextPdu Alter(SecurityTrailer? trailer) =>
        new(9, 0, 0, 0, RawClient.Bind().Contexts) { Security = trailer };

    private static SecurityTrailer Leg(
        string token, AuthenticationType type = AuthenticationType.Spnego,
        AuthenticationLevel level = AuthenticationLevel.Integrity, uint id = 1) =>
        new(type, level, id, Encoding.ASCII.GetBytes(token));

    private static async Task<RawClient> HalfBoundAsync(
        World world, AuthenticationType type = AuthenticationType.Spnego, bool multiplexed = false)
    {
        var raw = new RawClient(world.Raw());
        var bind = multiplexed
            ? RawClient.BindWith(
                PresentationContext.Offer(0, TestInterface.Syntax, SyntaxId.Ndr20),
                PresentationContext.Offer(1, TestInterface.Syntax, BindTimeFeatureSyntax.Encode((BindTimeFeatures)1)))
            : RawClient.Bind();
        var ack = await raw.BoundAsync(bind with { Security = Leg("one", type) });
        ack.Security!.Token.ToArray().Should().Equal("two"u8.ToArray());
        return raw;
    }

    [TestCase(AuthenticationType.Spnego, AuthenticationLevel.Privacy, 1u, RpcFault.RPC_S_ACCESS_DENIED)]
    [TestCase(AuthenticationType.Spnego, AuthenticationLevel.Integrity, 2u, RpcFault.RPC_S_ACCESS_DENIED)]
    [TestCase(AuthenticationType.Ntlmssp, AuthenticationLevel.Integrity, 1u, RpcFault.RPC_S_SEC_PKG_ERROR)]
    [TestCase(AuthenticationType.None, AuthenticationLevel.Integrity, 1u, RpcFault.RPC_S_ACCESS_DENIED)]
    public async Task ALegThatChangesItsMind(
        AuthenticationType type, AuthenticationLevel level, uint id, RpcFault status)
    {
        await using var world = new World();
        await using var raw = await HalfBoundAsync(world);

        await raw.SendAsync(Alter(Leg("three:secret", type, level, id)));

        await raw.MustFaultAsync(9, status, closes: true);
    }

    [Test]
    public async Task AnUnfinishedContextServesNoRequest([Values] bool withTrailer)
    {
        await using var world = new World();
        await using var raw = await HalfBoundAsync(world);

        await raw.SendAsync(RawClient.Request(2, TestInterface.Echo) with
        {
            Security = withTrailer ? Leg("0123456789abcdef") : null,
        });

        await raw.MustFaultAsync(2, RpcFault.nca_proto_error, didNotExecute: true, closes: true);
    }

    [Test]
    public async Task Auth3WhereTheAcceptorStillTalks()
    {
        await using var world = new World();
        await using var raw = await HalfBoundAsync(world);
        await raw.SendAsync(new Auth3Pdu(1) { Security = Leg("three:secret") });

        // The fake SPNEGO is established by then and its answer cannot be sent.
        await raw.SendAsync(RawClient.Request(2, TestInterface.Echo) with { Security = Leg("0123456789abcdef") });

        await raw.MustFaultAsync(2, RpcFault.RPC_S_ACCESS_DENIED, closes: true);
    }

    [Test]
    public async Task Auth3WithPadding()
    {
        await using var world = new World();
        await using var raw = await HalfBoundAsync(world, AuthenticationType.Ntlmssp);
        var leg = Leg("three:secret", AuthenticationType.Ntlmssp);
        await raw.SendAsync(new Auth3Pdu(1) { Security = leg with { Padding = new byte[4] } });

        await raw.SendAsync(RawClient.Request(2, TestInterface.Echo));

        await raw.MustFaultAsync(2, RpcFault.nca_s_fault_remote_no_memory, closes: true);
    }

    [Test]
    public async Task AuthenticatingAgain([Values] bool byAuth3)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync(AuthenticationLevel.Integrity);
        var leg = Leg("one", AuthenticationType.Ntlmssp);

        await raw.SendAsync(byAuth3 ? new Auth3Pdu(9) { Security = leg } : Alter(leg));

        await raw.MustFaultAsync(
            9, byAuth3 ? RpcFault.nca_proto_error : RpcFault.RPC_S_ACCESS_DENIED, closes: true);
    }

    [TestCase("token", RpcFault.RPC_S_SEC_PKG_ERROR)]
    [TestCase("stub", RpcFault.RPC_S_SEC_PKG_ERROR)]
    [TestCase("header", RpcFault.RPC_S_SEC_PKG_ERROR)]
    [TestCase("context", RpcFault.RPC_S_ACCESS_DENIED)]
    [TestCase("type", RpcFault.RPC_S_ACCESS_DENIED)]
    [TestCase("level", RpcFault.RPC_S_ACCESS_DENIED)]
    public async Task AChangedByteEndsTheConnection(string where, RpcFault status)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        var security = await raw.BoundAsync(
            AuthenticationLevel.Packet, bind: RawClient.Bind() with { Flags = (PduFlags)0x17 });
        await raw.MustEchoAsync(2, security: security);
        var bytes = security.Protect(RawClient.Request(3, TestInterface.Echo, 16), headerSigning: true);
        var trailer = PduHeader.Read(bytes).TrailerOffset;
        var at = where switch
        {
            "token" => bytes.Length - 1,
            "stub" => 24,
            "header" => 22,
            "context" => trailer + 4,
            "type" => trailer,
            _ => trailer + 1,
        };
        bytes[at] ^= 1;

        await raw.Connection.SendAsync(bytes, default);

        await raw.MustFaultAsync(3, status, closes: true);
        await world.MustBeAliveAsync();
    }

    [Test]
    public async Task AReplayedRequestIsRefused()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        var security = await raw.BoundAsync(AuthenticationLevel.Integrity);
        var bytes = security.Protect(RawClient.Request(2, TestInterface.Echo, 16), headerSigning: false);
        await raw.Connection.SendAsync(bytes, default);
        (await raw.Connection.ReceiveAsync(default, security)).Should().BeOfType<ResponsePdu>();

        await raw.Connection.SendAsync(bytes, default);

        await raw.MustFaultAsync(2, RpcFault.RPC_S_SEC_PKG_ERROR, closes: true);
    }

    [Test]
    public async Task ConnectLevelCountsWithoutATrailer()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync(AuthenticationLevel.Connect);

        var bare = await raw.ExchangeAsync(RawClient.Request(2, TestInterface.WhoAmI));
        var dummy = await raw.ExchangeAsync(RawClient.Request(3, TestInterface.WhoAmI) with
        {
            Security = new SecurityTrailer(
                AuthenticationType.Ntlmssp, AuthenticationLevel.Connect, 1, Pattern.Of(16)),
        });

        foreach (var answer in new[] { bare, dummy })
        {
            answer!.Security.Should().BeNull();
            Encoding.UTF8.GetString(((ResponsePdu)answer).Stub.Span).Should().StartWith("Connect Ntlmssp FAKE");
        }
    }

    [Test]
    public async Task ARequestWithoutTrailerBesideASignedContextIsNobodys()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync(AuthenticationLevel.Privacy);

        var answer = await raw.ExchangeAsync(RawClient.Request(2, TestInterface.WhoAmI));

        Encoding.UTF8.GetString(((ResponsePdu)answer!).Stub.Span).Should().StartWith("None None");
    }

    [Test]
    public async Task FragmentsOfOneRequestBelongToOneContext()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        var security = await raw.BoundAsync(AuthenticationLevel.Integrity);
        await raw.Connection.SendAsync(
            RawClient.Request(2, TestInterface.Echo, 16) with { Flags = PduFlags.FirstFragment }, security, default);

        await raw.SendAsync(RawClient.Request(2, TestInterface.Echo, 16) with { Flags = PduFlags.LastFragment });

        await raw.MustFaultAsync(2, RpcFault.nca_proto_error, closes: true);
    }

    [Test]
    public async Task SecurityContextsAreLimited()
    {
        await using var world = new World(adapt: options => options with
        {
            Limits = new RpcServerLimits { SecurityContexts = 3 },
        });
        await using var raw = await HalfBoundAsync(world, multiplexed: true);
        (await raw.ExchangeAsync(Alter(Leg("one", id: 2)))).Should().BeOfType<AlterContextResponsePdu>();
        (await raw.ExchangeAsync(Alter(Leg("one", id: 3)))).Should().BeOfType<AlterContextResponsePdu>();

        await raw.SendAsync(Alter(Leg("one", id: 4)));

        await raw.MustFaultAsync(9, RpcFault.nca_proto_error, closes: true);
    }

    [Test]
    public async Task HeaderSigningComesOnLaterForTheWholeConnection()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        var security = await raw.BoundAsync(AuthenticationLevel.Integrity);
        await raw.MustEchoAsync(2, security: security);

        await raw.ExchangeAsync(Alter(null) with { Flags = PduFlags.Whole | PduFlags.SupportHeaderSign });
        raw.Connection.HeaderSigning = true;
        await raw.MustEchoAsync(3, security: security);
        raw.Connection.HeaderSigning = false;
        await raw.Connection.SendAsync(RawClient.Request(4, TestInterface.Echo, 16), security, default);

        await raw.MustFaultAsync(4, RpcFault.RPC_S_SEC_PKG_ERROR, closes: true);
    }

    [Test]
    public async Task AnAnswerThatWasChangedOrNotProtectedEndsTheClient([Values] bool changed)
    {
        await using var world = new World(make: options => new CarelessServer(options, changed));
        await using var client = await world.BindAsync(AuthenticationLevel.Integrity);

        var act = () => client.Start(TestInterface.Echo, Pattern.Of(32)).Response;

        (await act.Should().ThrowAsync<RpcConnectionClosedException>())
            .Which.How.Should().Be(RpcConnectionEnd.ProtocolError);
    }

    private sealed class CarelessServer(RpcServerOptions options, bool changed) : RpcServer(options)
    {
        protected internal override void Protect(
            RpcServerConnection connection, Torture.Protocol.Security.ISecurityContext context, Span<byte> pdu,
            Range body, AuthenticationLevel level, Span<byte> token)
        {
            if (changed)
            {
                base.Protect(connection, context, pdu, body, level, token);
                pdu[30] ^= 1;
            }
            else
            {
                // The buffer may have been another answer's, and all sessions of these tests have the same keys.
                token.Clear();
            }
        }
    }
}
