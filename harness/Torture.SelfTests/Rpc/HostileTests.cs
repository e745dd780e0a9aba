using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Rpc;

namespace Torture.SelfTests.Rpc;

/// <summary>Truncated, oversized, inconsistent and random bytes: an answer or an end, and others are served.</summary>
[CancelAfter(120_000)]
public sealed class HostileTests
{
    private const int Seeds = 1500;

    private static byte[][] Templates() =>
    [
        PduWriter.Write(RawClient.Bind()),
        PduWriter.Write(RawClient.BindWith(
            PresentationContext.Offer(0, TestInterface.Syntax, SyntaxId.Ndr20),
            PresentationContext.Offer(1, TestInterface.Syntax, BindTimeFeatureSyntax.Encode((BindTimeFeatures)3))) with
        {
            Security = Leg("one"u8),
        }),
        PduWriter.Write(new AlterContextPdu(3, 0, 0, 0, RawClient.Bind().Contexts)),
        PduWriter.Write(RawClient.Request(4, TestInterface.Echo, 100)),
        PduWriter.Write(RawClient.Request(4, TestInterface.Echo, 100) with
        {
            Security = Leg(new byte[16]),
        }),
        PduWriter.Write(RawClient.Request(5, TestInterface.Echo, 64) with { Flags = PduFlags.FirstFragment }),
        PduWriter.Write(RawClient.Request(7, TestInterface.Echo) with
        {
            Stub = new VerificationTrailer(1, (SyntaxId.Ndr20, SyntaxId.Ndr20)).Encode(),
        }),
        PduWriter.Write(new Auth3Pdu(6) { Security = Leg("three:secret"u8) }),
        PduWriter.Write(new CoCancelPdu(4)),
        PduWriter.Write(new OrphanedPdu(4)),
        PduWriter.Write(new FaultPdu(4, 0, RpcFault.nca_op_rng_error)),
        PduWriter.Write(new BindNakPdu(1, BindRejectReason.NotSpecified, [], default)),
    ];

    [Test]
    public async Task RandomPdusEndNothingButTheirOwnConnection()
    {
        await using var world = new World();
        await using var witness = await world.BindAsync(AuthenticationLevel.Privacy);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var raw = world.Connect(random.Next(1, 5000)).Stream;
            await SendNonsenseAsync(raw, random);
            var echo = await witness.Start(TestInterface.Echo, Pattern.Of(8)).Response;
            echo.ToArray().Should().Equal(Pattern.Of(8), $"seed {seed}");
            await raw.DisposeAsync();
        }

        await witness.DisposeAsync();
        await world.AllServed;
        world.Server.ConnectionCount.Should().Be(0);
        world.Server.AssociationGroupCount.Should().Be(0);
        world.Log.Should().NotContainMatch("*failed:*");
    }

    [Test]
    public void RandomBytesAreRefusedByTheReaderWithOneException()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var bytes = Mutate(Templates()[random.Next(Templates().Length)], random);
            try
            {
                PduReader.Read(bytes);
            }
            catch (ProtocolException)
            {
                // The one answer to nonsense.
            }
        }
    }

    [Test]
    public async Task RandomAnswersEndTheClientInOrder()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            await using var world = new World();
            var (stream, local, remote) = world.Connect(random.Next(1, 100));
            var server = ((MemoryDuplex.End)stream).Peer;
            await using var client = await RpcClient.BindAsync(stream, local, remote, World.Options(), default);
            var call = client.Start(TestInterface.Pend, default);
            await world.Interface.PendingAsync(1);

            await server.WriteAsync(Mutate(
                PduWriter.Write(new ResponsePdu(call.CallId, 8, 0, 0, Pattern.Of(8))), random));
            await server.DisposeAsync();

            var ended = await Task.WhenAny(call.Response);
            (ended.IsCompletedSuccessfully
                || ended.Exception!.InnerException is RpcConnectionClosedException or RpcFaultException)
                .Should().BeTrue($"seed {seed}: {ended.Exception}");
        }
    }

    /// <summary>A length is announced and never sent: what is held stays small.</summary>
    [Test]
    public async Task AnnouncedLengthsReserveNothing()
    {
        await using var world = new World();
        var streams = new List<Stream>();
        var header = PduWriter.Write(RawClient.Bind())[..16];
        header[8] = header[9] = 0xFF;
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 1000; i++)
        {
            var stream = world.Connect().Stream;
            await stream.WriteAsync(header);
            streams.Add(stream);
        }

        await world.MustBeAliveAsync();
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(1000 * 12 * 1024);
        streams.ForEach(stream => stream.Dispose());
    }

    private static async Task SendNonsenseAsync(Stream stream, Random random)
    {
        var templates = Templates();
        try
        {
            if (random.Next(4) > 0)
            {
                await stream.WriteAsync(templates[random.Next(2)]);
            }

            for (var i = random.Next(1, 6); i > 0; i--)
            {
                await stream.WriteAsync(Mutate(templates[random.Next(templates.Length)], random));
            }
        }
        catch (IOException)
        {
            // The server has closed already.
        }
    }

    private static byte[] Mutate(byte[] pdu, Random random)
    {
        var bytes = (byte[])pdu.Clone();
        switch (random.Next(6))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                random.NextBytes(bytes);
                return bytes;
            case 2:
                bytes[8 + random.Next(4)] = (byte)random.Next(256);
                return bytes;
            case 3:
                Array.Resize(ref bytes, bytes.Length + random.Next(64));
                return bytes;
            default:
                for (var i = random.Next(1, 4); i > 0; i--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                return bytes;
        }
    }

    private static SecurityTrailer Leg(ReadOnlySpan<byte> token) =>
        new(AuthenticationType.Ntlmssp, AuthenticationLevel.Privacy, 1, token.ToArray());
}
