using System.Collections.Immutable;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;

namespace Torture.SelfTests.Rpc;

/// <summary>bind and alter_context, PDU by PDU.</summary>
[CancelAfter(20_000)]
public sealed class NegotiationTests
{
    private static readonly SyntaxId _unknown = new(new Guid("deadbeef-0000-0000-0000-000000000000"), 1, 0);

    private static SyntaxId Features(int bits) => BindTimeFeatureSyntax.Encode((BindTimeFeatures)bits);

    private static PresentationContext Context(ushort id, params ReadOnlySpan<SyntaxId> syntaxes) =>
        PresentationContext.Offer(id, TestInterface.Syntax, syntaxes);

    [TestCase(0xFFFF, 0xFFFF, 5840)]
    [TestCase(0, 0xFFFF, 2048)]
    [TestCase(0xFFFF, 0, 2048)]
    [TestCase(0, 0, 2048)]
    [TestCase(3199, 0, 2048)]
    [TestCase(3199, 0xFFFF, 3192)]
    [TestCase(0xFFFF, 3199, 3192)]
    public async Task FragmentSizes(int transmit, int receive, int both)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());

        var ack = await raw.BoundAsync(
            RawClient.Bind() with { MaxTransmit = (ushort)transmit, MaxReceive = (ushort)receive });

        (ack.MaxTransmit, ack.MaxReceive).Should().Be(((ushort)both, (ushort)both));
        ack.SecondaryAddress.Should().Be("49664");
        ack.AssociationGroup.Should().NotBe(0);
    }

    [TestCase(0x00, 0x03)]
    [TestCase(0x01, 0x03)]
    [TestCase(0x02, 0x03)]
    [TestCase(0x04, 0x07)]
    [TestCase(0x08, 0x03)]
    [TestCase(0x10, 0x13)]
    [TestCase(0x20, 0x03)]
    [TestCase(0x40, 0x03)]
    [TestCase(0x80, 0x03)]
    public async Task FlagsOfBindAndAlterContext(int sent, int answered)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());

        var ack = await raw.BoundAsync(RawClient.Bind() with { Flags = (PduFlags)sent });
        var response = await raw.ExchangeAsync(
            new AlterContextPdu(2, 0, 0, 99, [Context(0, SyntaxId.Ndr20)]) { Flags = (PduFlags)sent });

        ack.Flags.Should().Be((PduFlags)answered);
        response.Should().BeOfType<AlterContextResponsePdu>()
            .Which.Flags.Should().Be((PduFlags)(answered & ~0x10));
        await raw.MustEchoAsync(3);
    }

    [Test]
    public async Task ResultsComeInTheOrderOfTheOffer()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());

        var ack = await raw.BoundAsync(RawClient.BindWith(
            Context(0, SyntaxId.Ndr20), Context(1, SyntaxId.Ndr64), Context(2, Features(7)),
            PresentationContext.Offer(3, _unknown, SyntaxId.Ndr20), Context(4, _unknown, Features(3))));

        ack.Results.Should().Equal(
            PresentationContextResult.Accepted(SyntaxId.Ndr20),
            PresentationContextResult.Rejected(ProviderReason.ProposedTransferSyntaxesNotSupported),
            PresentationContextResult.Acknowledged((BindTimeFeatures)3),
            PresentationContextResult.Rejected(ProviderReason.AbstractSyntaxNotSupported),
            PresentationContextResult.Rejected(ProviderReason.ProposedTransferSyntaxesNotSupported));
        await raw.MustEchoAsync(3);
    }

    [TestCase(2, 1, true)]
    [TestCase(2, 0, true)]
    [TestCase(2, 2, false)]
    [TestCase(1, 1, false)]
    [TestCase(3, 0, false)]
    public async Task InterfaceVersions(int major, int minor, bool accepted)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        var asked = new SyntaxId(TestInterface.Syntax.Uuid, (ushort)major, (ushort)minor);

        var ack = await raw.BoundAsync(RawClient.BindWith(PresentationContext.Offer(0, asked, SyntaxId.Ndr20)));

        ack.Results.Single().Result.Should().Be(
            accepted ? PresentationResult.Acceptance : PresentationResult.ProviderRejection);
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case("NoContexts", RawClient.BindWith(), BindRejectReason.ProtocolVersionNotSupported);
        yield return Case("NoSyntax", RawClient.BindWith(Context(0)), BindRejectReason.NotSpecified);
        yield return Case(
            "FeaturesTwice", RawClient.BindWith(Context(0, Features(0)), Context(1, Features(0))),
            BindRejectReason.NotSpecified);
        yield return Case(
            "UnknownGroup", RawClient.Bind() with { AssociationGroup = 1 }, BindRejectReason.NotSpecified);
        yield return Case(
            "Version51", RawClient.Bind() with { MinorVersion = 1 }, BindRejectReason.ProtocolVersionNotSupported);
        yield return Case(
            "Version4", RawClient.Bind() with { MajorVersion = 4 }, BindRejectReason.ProtocolVersionNotSupported);
        foreach (var level in new byte[] { 0, 1, 7, 255 })
        {
            yield return Case($"Level{level}", Secured(10, level), BindRejectReason.NotSpecified);
            yield return Case($"NoneLevel{level}", Secured(0, level), BindRejectReason.NotSpecified);
        }

        foreach (var level in new byte[] { 2, 3, 4, 5, 6 })
        {
            yield return Case(
                $"None{level}", Secured(0, level), BindRejectReason.AuthenticationTypeNotRecognized);
        }

        yield return Case("SpnegoCall", Secured(9, 3), BindRejectReason.InvalidChecksum);
        yield return Case("Unknown", Secured(68, 5), BindRejectReason.AuthenticationTypeNotRecognized);
        yield return Case("BadToken", Secured(10, 5, "nonsense"u8.ToArray()), BindRejectReason.InvalidChecksum);
        yield return Case("LongToken", Secured(10, 5, new byte[2889]), BindRejectReason.InvalidChecksum);
        yield return Case("Padding", RawClient.Bind() with
        {
            Security = Secured(10, 5).Security! with { Padding = new byte[4] },
        }, BindRejectReason.ProtocolVersionNotSupported);
        yield return Case("Misaligned", RawClient.Bind() with
        {
            Security = Secured(10, 5).Security! with { Padding = new byte[2] },
        }, BindRejectReason.NotSpecified);
    }

    [TestCaseSource(nameof(Refused))]
    public async Task RefusedBinds(BindPdu bind, BindRejectReason reason)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());

        await raw.SendAsync(bind);

        await raw.MustNakAsync(reason);
        await world.MustBeAliveAsync();
        world.Server.AssociationGroupCount.Should().BeLessThan(2);
    }

    [Test]
    public async Task ASecondBindIsRefused()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();

        await raw.SendAsync(RawClient.Bind());

        await raw.MustNakAsync(BindRejectReason.NotSpecified);
    }

    [Test]
    public async Task EverythingRejectedStillLeavesAConnection()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync(RawClient.BindWith(PresentationContext.Offer(0, _unknown, SyntaxId.Ndr20)));

        await raw.SendAsync(RawClient.Request(2, TestInterface.Echo));
        await raw.MustFaultAsync(2, RpcFault.nca_unk_if, didNotExecute: true);
        await raw.ExchangeAsync(new AlterContextPdu(3, 0, 0, 0, [Context(5, SyntaxId.Ndr20)]));

        await raw.MustEchoAsync(4, context: 5);
    }

    [TestCase("NoContexts", true, true)]
    [TestCase("NoSyntax", true, true)]
    [TestCase("OtherInterface", true, false)]
    [TestCase("OtherKnownSyntax", true, false)]
    [TestCase("OtherUnknownSyntax", false, false)]
    [TestCase("Same", false, false)]
    [TestCase("NotBound", true, true)]
    public async Task AlterContext(string what, bool faults, bool didNotExecute)
    {
        ImmutableArray<PresentationContext> contexts = what switch
        {
            "NoContexts" => [],
            "NoSyntax" => [Context(0)],
            "OtherInterface" => [PresentationContext.Offer(0, _unknown, SyntaxId.Ndr20)],
            "OtherKnownSyntax" => [Context(0, SyntaxId.Ndr64)],
            "OtherUnknownSyntax" => [Context(0, _unknown)],
            _ => [Context(0, SyntaxId.Ndr20)],
        };
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        if (what != "NotBound")
        {
            await raw.BoundAsync();
        }

        await raw.SendAsync(new AlterContextPdu(2, 0, 0, 0, contexts));

        if (faults)
        {
            await raw.MustFaultAsync(2, RpcFault.nca_proto_error, didNotExecute, closes: true);
            return;
        }

        (await raw.Connection.ReceiveAsync(default)).Should().BeOfType<AlterContextResponsePdu>()
            .Which.Results.Single().Result.Should().Be(
                what == "Same" ? PresentationResult.Acceptance : PresentationResult.ProviderRejection);
        await raw.MustEchoAsync(3);
    }

    [Test]
    public async Task AnAssociationIsJoinedFromTheSameHostAlone()
    {
        await using var world = new World();
        await using var first = new RawClient(world.Raw());
        await using var second = new RawClient(world.Raw());
        await using var stranger = new RawClient(world.Raw(from: "127.0.0.10"));
        var ack = await first.BoundAsync(RawClient.BindWith(Context(3, SyntaxId.Ndr20)));

        var joined = await second.BoundAsync(RawClient.Bind() with { AssociationGroup = ack.AssociationGroup });
        await stranger.SendAsync(RawClient.Bind() with { AssociationGroup = ack.AssociationGroup });

        joined.AssociationGroup.Should().Be(ack.AssociationGroup);
        await stranger.MustNakAsync(BindRejectReason.NotSpecified);
        await second.SendAsync(RawClient.Request(2, TestInterface.Echo, context: 3));
        await second.MustFaultAsync(2, RpcFault.nca_unk_if, didNotExecute: true);
        await second.MustEchoAsync(3);
    }

    [Test]
    public async Task TooManyConnectionsAreToldSo()
    {
        await using var world = new World(adapt: options => options with
        {
            Limits = new RpcServerLimits { Connections = 1 },
        });
        await using var first = new RawClient(world.Raw());
        await first.BoundAsync();
        await using var second = new RawClient(world.Raw());

        await second.SendAsync(RawClient.Bind());

        await second.MustNakAsync(BindRejectReason.TemporaryCongestion);
        await first.MustEchoAsync(2);
    }

    private static TestCaseData Case(string name, BindPdu bind, BindRejectReason reason) =>
        new TestCaseData(bind, reason).SetArgDisplayNames(name);

    private static BindPdu Secured(byte type, byte level, byte[]? token = null) => RawClient.Bind() with
    {
        Security = new SecurityTrailer(
            (AuthenticationType)type, (AuthenticationLevel)level, 1, token ?? "one"u8.ToArray()),
    };
}
