using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Witness;

namespace Torture.SelfTests.Ndr;

/// <summary>The entries of notifications: what is written, what is read, and every defect that can be told.</summary>
public sealed class Blobs
{
    private static readonly AddressInfo Here = AddressInfo.Online(IPAddress.Parse("192.168.3.45"));
    private static readonly AddressInfo There = AddressInfo.Offline(IPAddress.Parse("fd00::1"));

    [Test]
    public void ResourceChangesComeBack()
    {
        ResourceChange[] changes =
        [
            new(ChangeType.RESOURCE_STATE_UNAVAILABLE, "SOFS"), new(ChangeType.RESOURCE_STATE_AVAILABLE, "\ud800x"),
        ];

        var response = WitnessBlobs.ResourceChange(changes);

        response.Length.Should().Be(18 + 14);
        WitnessBlobs.ReadResourceChanges(response).Should().Equal(changes);
        WitnessBlobs.Inspect(response).Should().BeEmpty();
    }

    [Test]
    public void AddressListsComeBack()
    {
        IReadOnlyList<IReadOnlyList<AddressInfo>> lists = [[Here, There], [There]];

        var response = WitnessBlobs.AddressLists(NotificationKind.IP_CHANGE_NOTIFICATION, lists);

        response.Length.Should().Be(12 + 48 + 12 + 24);
        WitnessBlobs.ReadAddressLists(response).Should().BeEquivalentTo(lists, order => order.WithStrictOrdering());
        WitnessBlobs.Inspect(response).Should().BeEmpty();
    }

    [Test]
    public void EmptyListIsReadAndTold()
    {
        var response = WitnessBlobs.ClientMove();

        WitnessBlobs.ReadAddressLists(response).Should().ContainSingle().Which.Should().BeEmpty();
        WitnessBlobs.Inspect(response).Should().ContainSingle().Which.Requirement.Should().Be("SWN-R035");
    }

    [TestCase(0, 99u, "SWN-R032", TestName = "ListLength")]
    [TestCase(4, 5u, "SWN-R033", TestName = "Reserved")]
    [TestCase(8, 2u, "SWN-R032", TestName = "InstancesBeyondTheBuffer")]
    [TestCase(12, 0x29u, "SWN-R028", TestName = "UndefinedFlag")]
    [TestCase(12, 0x0Bu, "SWN-R029", TestName = "BothFamilies")]
    [TestCase(12, 0x08u, "SWN-R029", TestName = "NoFamily")]
    [TestCase(12, 0x19u, "SWN-R028", TestName = "OnlineAndOffline")]
    public void DefectOfAList(int offset, uint value, string requirement) =>
        WitnessBlobs.Inspect(Changed(WitnessBlobs.ClientMove(Here), offset, value))
            .Select(defect => defect.Requirement).Should().Contain(requirement);

    [TestCase(0, 17u, "SWN-R036", TestName = "ChangeLength")]
    [TestCase(4, 7u, "SWN-R037", TestName = "UndefinedChangeType")]
    [TestCase(8, 0u, "SWN-R038", TestName = "EmptyName")]
    [TestCase(14, 0x410041u, "SWN-R036", TestName = "UnterminatedName")]
    public void DefectOfAChange(int offset, uint value, string requirement)
    {
        var change = WitnessBlobs.ResourceChange(new ResourceChange(ChangeType.RESOURCE_STATE_AVAILABLE, "SOFS"));

        WitnessBlobs.Inspect(Changed(change, offset, value))
            .Select(defect => defect.Requirement).Should().Contain(requirement);
    }

    [Test]
    public void DefectsOfTheResponse()
    {
        var good = WitnessBlobs.ClientMove(Here);

        Requirements(good with { MessageType = (NotificationKind)9 }).Should().Equal("SWN-R040");
        Requirements(good with { Length = 35 }).Should().Equal("SWN-R042");
        Requirements(good with { NumberOfMessages = 2 }).Should().Equal("SWN-R042");
        Requirements(good with { NumberOfMessages = 0 }).Should().Equal("SWN-R042");
        Requirements(good with { NumberOfMessages = uint.MaxValue, MessageBuffer = [], Length = 0 })
            .Should().Equal("SWN-R042");
    }

    [Test]
    public void EveryDefectIsTold() =>
        Requirements(Changed(Changed(WitnessBlobs.ClientMove(Here, There), 4, 1), 12, 0x3B) with { Length = 1 })
            .Should().Equal("SWN-R042", "SWN-R033", "SWN-R028", "SWN-R029", "SWN-R028");

    /// <summary>Whatever is changed in a notification is refused, read differently or told as a defect.</summary>
    [Test]
    public void NoChangedByteGoesUnnoticed()
    {
        var changes = WitnessBlobs.ResourceChange(new(ChangeType.RESOURCE_STATE_AVAILABLE, "SOFS"),
            new ResourceChange(ChangeType.RESOURCE_STATE_UNAVAILABLE, "192.0.2.1"));
        var lists = WitnessBlobs.AddressLists(NotificationKind.IP_CHANGE_NOTIFICATION, [[Here, There], [There]]);

        Unnoticed(changes, WitnessBlobs.ReadResourceChanges).Should().BeEmpty();
        Unnoticed(lists, response => WitnessBlobs.ReadAddressLists(response).SelectMany(list => list))
            .Should().BeEmpty();
    }

    private static IEnumerable<int> Unnoticed<T>(
        AsyncNotifyResponse good, Func<AsyncNotifyResponse, IEnumerable<T>> read)
    {
        var value = read(good).ToList();
        return Enumerable.Range(0, good.MessageBuffer.Length).Where(offset =>
        {
            var flipped = good with
            {
                MessageBuffer = good.MessageBuffer.SetItem(offset, (byte)(good.MessageBuffer[offset] ^ 0x55)),
            };
            try
            {
                return read(flipped).SequenceEqual(value) && WitnessBlobs.Inspect(flipped).Count == 0;
            }
            catch (ProtocolException)
            {
                return false;
            }
        });
    }

    private static IEnumerable<string> Requirements(AsyncNotifyResponse response) =>
        WitnessBlobs.Inspect(response).Select(defect => defect.Requirement);

    private static AsyncNotifyResponse Changed(AsyncNotifyResponse response, int offset, uint value)
    {
        var bytes = response.MessageBuffer.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);
        return response with { MessageBuffer = [.. bytes] };
    }
}
