using System.Buffers.Binary;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;

namespace Torture.SelfTests.Rpc;

/// <summary>Our client against our server, in memory.</summary>
[CancelAfter(20_000)]
public sealed class ClientAndServerTests
{
    private static byte[] Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    [Test]
    public async Task CallsAtEveryLevel(
        [Range(1, 6)] int authenticationLevel, [Values] bool headerSigning)
    {
        var level = (AuthenticationLevel)authenticationLevel;
        await using var world = new World();
        await using var client = await world.BindAsync(World.Options(level) with { HeaderSigning = headerSigning });

        var who = await client.Start(TestInterface.WhoAmI, default).Response;

        client.HeaderSigning.Should().Be(headerSigning && level >= AuthenticationLevel.Call);
        var seen = level == AuthenticationLevel.Call ? AuthenticationLevel.Packet : level;
        System.Text.Encoding.UTF8.GetString(who.Span).Should().Be(
            level == AuthenticationLevel.None ? "None None  NDR20 " : $"{seen} Ntlmssp FAKE\\caller NDR20 ");
    }

    [Test]
    public async Task FragmentsOfEverySize(
        [Values(0, 1, 15, 16, 2023, 2024, 2025, 5784, 5800, 5816, 5817, 100_000, 1_000_000)] int length,
        [Values(AuthenticationLevel.None, AuthenticationLevel.Integrity, AuthenticationLevel.Privacy)]
        AuthenticationLevel level,
        [Values(0, 2048, 5840)] int maxFragment)
    {
        await using var world = new World();
        await using var client = await world.BindAsync(
            World.Options(level) with { MaxFragment = (ushort)maxFragment }, largestRead: 977);

        var echo = await client.Start(TestInterface.Echo, Pattern.Of(length)).Response;

        echo.ToArray().Should().Equal(Pattern.Of(length));
    }

    [Test]
    public async Task OneByteReads()
    {
        await using var world = new World();
        await using var client = await world.BindAsync(World.Options(AuthenticationLevel.Privacy), largestRead: 1);

        var echo = await client.Start(TestInterface.Echo, Pattern.Of(9000)).Response;

        echo.ToArray().Should().Equal(Pattern.Of(9000));
    }

    [Test]
    public async Task APendingCallHoldsNothingUp()
    {
        await using var world = new World();
        await using var client = await world.BindAsync(AuthenticationLevel.Privacy);
        var pending = client.Start(TestInterface.Pend, Int(1));
        await world.Interface.PendingAsync(1);

        for (var i = 0; i < 50; i++)
        {
            var echo = await client.Start(TestInterface.Echo, Int(i)).Response;
            echo.ToArray().Should().Equal(Int(i));
        }

        pending.Response.IsCompleted.Should().BeFalse();
        world.Interface.Release();
        (await pending.Response).ToArray().Should().Equal(Int(1));
    }

    [Test]
    public async Task ManyCallsAtOnceFindTheirAnswers([Values] bool multiplexing)
    {
        await using var world = new World();
        await using var client = await world.BindAsync(
            World.Options(AuthenticationLevel.Integrity) with { Multiplexing = multiplexing });

        var calls = Enumerable.Range(0, 300).Select(i => client.Start(TestInterface.Echo, Pattern.Of(i * 37))).ToList();

        for (var i = 0; i < calls.Count; i++)
        {
            (await calls[i].Response).ToArray().Should().Equal(Pattern.Of(i * 37));
        }
    }

    [Test]
    public async Task ServerWithoutMultiplexingIsAskedOneByOne()
    {
        await using var world = new World(adapt: options => options with { Multiplexing = false });
        await using var client = await world.BindAsync();
        var pending = client.Start(TestInterface.Pend, Int(1));
        var next = client.Start(TestInterface.Echo, Int(2));
        await world.Interface.PendingAsync(1);

        next.Response.IsCompleted.Should().BeFalse();
        world.Interface.Release();

        (await next.Response).ToArray().Should().Equal(Int(2));
        pending.Response.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public async Task SpnegoShapedLegsGoByAlterContext()
    {
        await using var world = new World();
        await using var client = await world.BindAsync(
            AuthenticationLevel.Privacy, FakeSecurity.Initiator(AuthenticationType.Spnego));

        var who = await client.Start(TestInterface.WhoAmI, default).Response;

        System.Text.Encoding.UTF8.GetString(who.Span).Should().StartWith("Privacy Spnego FAKE\\caller");
    }

    [Test]
    public async Task SeveralSecurityContexts()
    {
        await using var world = new World();
        await using var client = await world.BindAsync(World.Options(AuthenticationLevel.Integrity) with
        {
            BindTimeFeatures = BindTimeFeatures.SecurityContextMultiplexing,
        });
        await client.AuthenticateAsync(FakeSecurity.Initiator(), AuthenticationLevel.Privacy, 77, default);

        var first = await client.Start(TestInterface.WhoAmI, default).Response;
        var second = await client.Start(
            new RpcRequest(TestInterface.WhoAmI, default) { AuthenticationContextId = 77 }).Response;

        System.Text.Encoding.UTF8.GetString(first.Span).Should().StartWith("Integrity");
        System.Text.Encoding.UTF8.GetString(second.Span).Should().StartWith("Privacy");
    }

    [Test]
    public async Task AWrongPasswordIsAccessDeniedAndOneLine([Values] bool byAlterContext)
    {
        await using var world = new World();
        var type = byAlterContext ? AuthenticationType.Spnego : AuthenticationType.Ntlmssp;
        var wrong = FakeSecurity.Initiator(type, "wrong");

        Func<Task> act = async () =>
        {
            await using var client = await world.BindAsync(AuthenticationLevel.Integrity, wrong);
            await client.Start(TestInterface.Echo, default).Response;
        };

        if (byAlterContext)
        {
            (await act.Should().ThrowAsync<RpcBindException>()).Which.Fault.Should().Be(RpcFault.RPC_S_ACCESS_DENIED);
        }
        else
        {
            (await act.Should().ThrowAsync<RpcFaultException>())
                .Which.Status.Should().Be(RpcFault.RPC_S_ACCESS_DENIED);
        }

        world.Log.Should().ContainSingle().Which.Should().Contain("wrong password");
    }

    [Test]
    public async Task AlterContextAddsAnInterfaceThatIsCallable()
    {
        await using var world = new World();
        var other = new SyntaxId(new Guid("00000000-0000-0000-0000-000000000001"), 1, 0);
        await using var client = await world.BindAsync();

        var results = await client.AlterContextAsync(
            [PresentationContext.Offer(9, TestInterface.Syntax, SyntaxId.Ndr64),
                PresentationContext.Offer(10, other, SyntaxId.Ndr20)], default);
        var who = await client.Start(new RpcRequest(TestInterface.WhoAmI, default) { ContextId = 9 }).Response;

        results.Should().Equal(
            PresentationContextResult.Accepted(SyntaxId.Ndr64),
            PresentationContextResult.Rejected(ProviderReason.AbstractSyntaxNotSupported));
        System.Text.Encoding.UTF8.GetString(who.Span).Should().Contain("NDR64");
    }

    [Test]
    public async Task BigEndianCallsAreAnsweredInBigEndian()
    {
        await using var world = new World();
        await using var client = await world.BindAsync(AuthenticationLevel.Privacy);
        var id = new Guid("00112233-4455-6677-8899-aabbccddeeff");

        var call = client.Start(new RpcRequest(TestInterface.WhoAmI, default)
        {
            Representation = DataRepresentation.BigEndian,
            Object = id,
        });

        System.Text.Encoding.UTF8.GetString((await call.Response).Span).Should().EndWith($"NDR20 big-endian {id}");
        call.ResponseSyntax.IsBigEndian.Should().BeTrue();
    }

    [Test]
    public async Task UnknownInterfaceIsAResult()
    {
        await using var world = new World();

        var act = () => world.BindAsync(World.Options() with { Interface = SyntaxId.Witness });

        (await act.Should().ThrowAsync<RpcBindException>())
            .Which.ProviderReason.Should().Be(ProviderReason.AbstractSyntaxNotSupported);
        await world.MustBeAliveAsync();
    }

    [Test]
    public async Task AResetAndAFinAreToldApart([Values] bool reset)
    {
        await using var world = new World();
        var (stream, local, remote) = world.Connect();
        await using var client = await RpcClient.BindAsync(stream, local, remote, World.Options(), default);
        var pending = client.Start(TestInterface.Pend, Int(1));
        await world.Interface.PendingAsync(1);

        var end = (MemoryDuplex.End)stream;
        if (reset)
        {
            end.Reset();
        }
        else
        {
            await end.Peer.DisposeAsync();
        }

        var thrown = await FluentActions.Awaiting(() => pending.Response)
            .Should().ThrowAsync<RpcConnectionClosedException>();
        thrown.Which.How.Should().Be(reset ? RpcConnectionEnd.Reset : RpcConnectionEnd.Fin);
        (await client.Ended).Should().Be(thrown.Which.How);
    }

    [Test]
    public async Task VerificationTrailerIsTakenOffAndChecked()
    {
        await using var world = new World();
        await using var client = await world.BindAsync(AuthenticationLevel.Integrity);
        var right = new VerificationTrailer(1, (TestInterface.Syntax, SyntaxId.Ndr20));
        var wrong = new VerificationTrailer(1, (TestInterface.Syntax, SyntaxId.Ndr64));

        var echo = await client.Start(new RpcRequest(TestInterface.Echo, Int(5)) { Verification = right }).Response;
        var refused = client.Start(new RpcRequest(TestInterface.Echo, Int(5)) { Verification = wrong });

        echo.ToArray().Should().Equal(Int(5));
        (await FluentActions.Awaiting(() => refused.Response).Should().ThrowAsync<RpcFaultException>())
            .Which.Status.Should().Be(RpcFault.RPC_S_ACCESS_DENIED);
    }
}
