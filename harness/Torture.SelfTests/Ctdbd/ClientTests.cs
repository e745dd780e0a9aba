using FluentAssertions;
using NUnit.Framework;
using Torture.Fixtures;
using Torture.Protocol;
using Torture.Protocol.Ctdb;
using Torture.SelfTests.Rpc;
using Torture.SelfTests.Witness;

namespace Torture.SelfTests.Ctdbd;

/// <summary>One client and a daemon that says what a test wants.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(20_000)]
public sealed class ClientTests
{
    private readonly MemoryDuplex _wire = new();
    private readonly ManualTime _time = new();
    private readonly List<CtdbMessage> _heard = [];
    private CtdbClient _client = null!;
    private StandInDaemon _daemon = null!;

    [SetUp]
    public void Connect()
    {
        _client = new CtdbClient(_wire.A, new CtdbClientOptions(_time) { Heard = _heard.Add });
        _daemon = new StandInDaemon(_wire.B);
    }

    [TearDown]
    public ValueTask CloseAsync() => _client.DisposeAsync();

    [Test]
    public async Task AsksAndHears(CancellationToken cancellationToken)
    {
        var asked = _client.GetNodeMapAsync(cancellationToken);
        var request = await _daemon.HearAsync();
        await _daemon.AnswerAsync(request, data: CtdbTranscript.Of("GET_NODEMAP").Data.ToArray());

        request.Control.Should().Be(CtdbControl.GET_NODEMAP);
        request.Destination.Should().Be(CtdbNodeNumber.Current);
        (await asked).Select(node => node.Number).Should().Equal(0u, 1u, 2u);
    }

    [Test]
    public async Task RepliesMayComeInAnyOrder(CancellationToken cancellationToken)
    {
        var asked = Enumerable.Range(0, 3).Select(_ => _client.GetNumberAsync(cancellationToken)).ToArray();
        var requests = new[] { await _daemon.HearAsync(), await _daemon.HearAsync(), await _daemon.HearAsync() };
        foreach (var request in requests.Reverse())
        {
            await _daemon.AnswerAsync(request, status: 100 + (int)request.RequestId);
        }

        (await Task.WhenAll(asked)).Should().Equal(requests.Select(request => 100 + request.RequestId));
    }

    [Test]
    public async Task MessagesAreHeardInOrderAndInPieces(CancellationToken cancellationToken)
    {
        var slow = new MemoryDuplex(largestRead: 1);
        await using var client = new CtdbClient(slow.A, new CtdbClientOptions(_time) { Heard = _heard.Add });
        var daemon = new StandInDaemon(slow.B);
        foreach (var message in CtdbTranscript.All.Where(entry => entry.Srvid > 0))
        {
            await daemon.SayAsync(message.Packet.ToArray());
        }

        var last = client.GetNumberAsync(cancellationToken);
        await daemon.AnswerAsync(await daemon.HearAsync());
        await last;

        _heard.Select(message => message.Srvid).Should()
            .Equal(CtdbTranscript.All.Where(entry => entry.Srvid > 0).Select(entry => entry.Srvid));
    }

    [Test]
    public async Task ARefusalSaysWhyAndTheConnectionGoesOn(CancellationToken cancellationToken)
    {
        var asked = _client.GetPublicAddressesAsync(cancellationToken, node: 77);
        await _daemon.AnswerAsync(await _daemon.HearAsync(), -1, error: "ctdb_control to disconnected node");
        await asked.Invoking(task => task).Should().ThrowAsync<CtdbRefusedException>().WithMessage(
            "ctdbd refuses GET_PUBLIC_IPS to node 77: status -1, \"ctdb_control to disconnected node\"");

        var again = _client.GetNumberAsync(cancellationToken);
        await _daemon.AnswerAsync(await _daemon.HearAsync(), 2);
        (await again).Should().Be(2);
    }

    [Test]
    public async Task ALateReplyIsNobodys(CancellationToken cancellationToken)
    {
        var asked = _client.GetNumberAsync(cancellationToken);
        var late = await _daemon.HearAsync();
        _time.Advance(TimeSpan.FromSeconds(11));
        await asked.Invoking(task => task).Should().ThrowAsync<TimeoutException>()
            .WithMessage("ctdbd has not answered GET_PNN within 10 s");

        await _daemon.AnswerAsync(late, 1);
        var again = _client.GetNumberAsync(cancellationToken);
        await _daemon.AnswerAsync(await _daemon.HearAsync(), 2);
        (await again).Should().Be(2);
        await _daemon.AnswerAsync(late, 1);
        (await _client.Ended).Message.Should().Contain("which waits for none");
    }

    [Test]
    public async Task TheEndOfTheSocketEndsAllThatWaits(CancellationToken cancellationToken)
    {
        var asked = Enumerable.Range(0, 3).Select(_ => _client.GetNodeMapAsync(cancellationToken)).ToArray();
        await _daemon.HearAsync();
        _daemon.Close();

        foreach (var each in asked)
        {
            await each.Invoking(task => task).Should().ThrowAsync<IOException>()
                .WithMessage("ctdbd has closed its socket");
        }

        await _client.Invoking(client => client.GetNumberAsync(cancellationToken)).Should().ThrowAsync<IOException>()
            .WithMessage("ctdbd has closed its socket");
    }

    private static IEnumerable<TestCaseData> Nonsense()
    {
        var reply = CtdbTranscript.Of("PING").Packet.ToArray();
        yield return Case("OtherVersion", [.. reply[..8], 3, .. reply[9..]], "*protocol version 3: * speaks 1*");
        yield return Case("OtherProgram", [.. "HTTP/1.1 400 Bad Request\r\nServer: nobody\r\n\r\n"u8], "*no CTDB*");
        yield return Case("UnknownOperation", [.. reply[..16], 99, .. reply[17..]], "*operation 99*");
        yield return Case("ReplyToNothing", [.. reply[..28], 200, .. reply[29..]], "*request 200*waits for none*");
        yield return Case("ControlOfADaemon", [.. CtdbTranscript.Of("PING").Request!.Value.Span], "*no control*");
        yield return Case("HalfAPacket", reply[..40], "*ends within a packet*");
    }

    [TestCaseSource(nameof(Nonsense))]
    public async Task NonsenseEndsTheConnectionWithOneLine(byte[] bytes, string why)
    {
        await _daemon.SayAsync(bytes);
        _daemon.Close();

        var ended = await _client.Ended;
        ended.Message.Should().Match("ctdbd does not keep to the protocol: " + why).And.NotContain("\n");
        ended.InnerException.Should().BeOfType<ProtocolException>();
    }

    [Test]
    public async Task AMalformedAnswerIsToldToWhoAsked(CancellationToken cancellationToken)
    {
        var asked = _client.GetNodeMapAsync(cancellationToken);
        await _daemon.AnswerAsync(await _daemon.HearAsync(), data: [3, 0, 0, 0, 1]);

        (await asked.Invoking(task => task).Should().ThrowAsync<ProtocolException>())
            .WithMessage("node map: 3 elements of 36 bytes are announced and 1 bytes are there*");
    }

    [Test]
    public async Task ALengthIsNotBelievedBeforeItsBytesCame()
    {
        var header = CtdbTranscript.Of("PING").Packet.ToArray()[..32];
        BitConverter.TryWriteBytes(header, CtdbCodec.MaximumPacket);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < 16; i++)
        {
            var wire = new MemoryDuplex();
            await using var client = new CtdbClient(wire.A, new CtdbClientOptions(_time));
            var daemon = new StandInDaemon(wire.B);
            await daemon.SayAsync(header);
            daemon.Close();
            await client.Ended;
        }

        (GC.GetTotalAllocatedBytes(precise: true) - before).Should().BeLessThan(16 * 200_000);
    }

    private static TestCaseData Case(string name, byte[] bytes, string why) =>
        new TestCaseData(bytes, why).SetArgDisplayNames(name);
}
