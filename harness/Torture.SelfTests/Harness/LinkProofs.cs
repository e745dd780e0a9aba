using System.Buffers.Binary;
using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Harness.Faults;
using Torture.Protocol.Takeover;
using static Torture.SelfTests.Harness.Tale;

namespace Torture.SelfTests.Harness;

/// <summary>By which echoes a fault of a link is seen to act, and by which it is not.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LinkProofs
{
    private const long Millisecond = 1_000_000;
    private const long Later = 10_000 * Millisecond;
    private const byte Question = 8;
    private const byte Answer = 0;

    private static readonly IPAddress Asker = IPAddress.Parse("10.0.1.50");
    private static readonly IPAddress Asked = IPAddress.Parse("10.0.1.11");

    private readonly List<CapturedPacket> _packets = [];

    private IReadOnlyList<Echo> Echoes => Echo.AllOf(_packets, Asked);

    [Test]
    public void AnEchoIsAQuestionAndItsAnswers()
    {
        Add(0, Question, 1);
        Add(1, Question, 2);
        Add(2, Answer, 2);
        Add(3, Answer, 2);
        Add(4, Question, 3, to: IPAddress.Parse("10.0.1.12"));

        Echoes.Select(echo => echo.Answers.Count).Should().Equal(0, 2);
        Echoes[1].Time.Should().Be(TimeSpan.FromMilliseconds(1));
        Echoes[0].Time.Should().BeNull();
    }

    [Test]
    public void WhatIsCutOrSomethingElseIsNoEcho()
    {
        Add(0, Question, 1);
        var whole = _packets[0];

        EchoView.TryRead(whole, out var echo).Should().BeTrue();
        (echo.IsAnswer, echo.Number, echo.Destination).Should().Be((false, 1u, Asked));
        EchoView.TryRead(Changed(whole, 20, 3), out _).Should().BeFalse("it is another ICMP message");
        EchoView.TryRead(Changed(whole, 21, 1), out _).Should().BeFalse("a question has the code 0");
        EchoView.TryRead(Changed(whole, 9, 17), out _).Should().BeFalse("it is another protocol");
        for (var length = 0; length < 28; length++)
        {
            EchoView.TryRead(whole with { Data = whole.Data[..length] }, out _).Should().BeFalse();
        }
    }

    [TestCase(100, 50, false)]
    [TestCase(100, 199, false)]
    [TestCase(100, 201, true)]
    public void SlowIsWhereNoAnswerIsSooner(int delay, int answered, bool acts)
    {
        Add(0, Question, 1);
        Add(answered, Answer, 1);

        Seen(new SlowLink(N1, TimeSpan.FromMilliseconds(delay))).Should().Be(acts);
        Add(answered + 1, Question, 2);
        Add(answered + 2, Answer, 2);
        Seen(new SlowLink(N1, TimeSpan.FromMilliseconds(delay))).Should().BeFalse("one came at once");
    }

    [Test]
    public void LostIsWhatIsNotAnsweredWhereALaterOneIs()
    {
        Add(0, Question, 1);
        Add(1, Question, 2);
        Seen(new LossyLink(N1, 0.5)).Should().BeFalse("nobody has answered at all");

        Add(2, Answer, 2);

        Seen(new LossyLink(N1, 0.5)).Should().BeTrue();
        LinkProof.Of(new LossyLink(N1, 0.5), Echoes, 100 * Millisecond).Should().BeNull("it may yet come");
    }

    [Test]
    public void TwiceIsAnsweredTwice()
    {
        Add(0, Question, 1);
        Add(1, Answer, 1);
        Seen(new DuplicatingLink(N1, 0.5)).Should().BeFalse();

        Add(1, Answer, 1);

        Seen(new DuplicatingLink(N1, 0.5)).Should().BeTrue();
    }

    [TestCase(40, true)]
    [TestCase(20, false)]
    public void OvertakenIsByAsMuchAsTheFaultSays(int answered, bool acts)
    {
        Add(0, Question, 1);
        Add(1, Question, 2);
        Add(2, Answer, 2);
        Add(answered, Answer, 1);

        Seen(new ReorderingLink(N1, 0.5, TimeSpan.FromMilliseconds(30))).Should().Be(acts);
    }

    [TestCase(300, true, true)]
    [TestCase(100, true, false)]
    [TestCase(300, false, false)]
    public void FlappedIsSilenceForLongAndThenAnAnswer(int until, bool comesUp, bool acts)
    {
        Add(0, Question, 1);
        Add(1, Answer, 1);
        Add(2, Question, 2);
        Add(until, Question, 3);
        if (comesUp)
        {
            Add(until + 1, Answer, 3);
        }

        Seen(new FlappingLink(N1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))).Should().Be(acts);
    }

    private bool Seen(LinkFault fault) => LinkProof.Of(fault, Echoes, Later) is not null;

    private void Add(int milliseconds, byte type, uint number, IPAddress? to = null)
    {
        var bytes = new byte[28];
        bytes[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)bytes.Length);
        bytes[8] = 64;
        bytes[9] = 1;
        var (source, destination) = type == Question ? (Asker, to ?? Asked) : (Asked, Asker);
        source.GetAddressBytes().CopyTo(bytes, 12);
        destination.GetAddressBytes().CopyTo(bytes, 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), InternetChecksum.Of(bytes[..20]));
        bytes[20] = type;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(24), number);
        _packets.Add(new CapturedPacket(
            _packets.Count + 1, milliseconds * Millisecond, LinkType.Raw, bytes, bytes.Length));
    }

    private static CapturedPacket Changed(CapturedPacket packet, int offset, byte value)
    {
        var bytes = packet.Data.ToArray();
        bytes[offset] = value;
        return packet with { Data = bytes };
    }
}
