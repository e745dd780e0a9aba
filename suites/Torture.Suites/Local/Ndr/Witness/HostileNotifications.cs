using Torture.Fixtures;
using Torture.Protocol.Ndr;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>Notifications whose lengths, counts and contents disagree: refused, and told as what they break.</summary>
public sealed class HostileNotifications : Suite
{
    private const string Change = "12000000 ff000000 53004f0046005300 0000";
    private const string Address = "09000000 c000020b 00000000000000000000000000000000";

    [TestCase(1, Change + "0000", TestName = "{m}.BytesAfterTheLast")]
    [TestCase(2, Change, TestName = "{m}.SecondIsMissing")]
    [TestCase(0, Change, TestName = "{m}.NoneInAFullBuffer")]
    [TestCase(0x10000000, "", TestName = "{m}.MillionsInAnEmptyBuffer")]
    [TestCase(1, "", TestName = "{m}.OneInAnEmptyBuffer")]
    [Verifies(Swn.NotificationCounts, Swn.HostileNotificationsSurvived)]
    public void NumberOfMessages(int number, string entries) =>
        Broken(Swn.NotificationCounts, NotificationKind.RESOURCE_CHANGE_NOTIFICATION, (uint)number, entries);

    [TestCase("40000000 ff000000 53004f0046005300 0000", TestName = "{m}.LengthBeyondTheBuffer")]
    [TestCase("04000000 ff000000 53004f0046005300 0000", TestName = "{m}.LengthWithinTheHeader")]
    [TestCase("00000000 ff000000 53004f0046005300 0000", TestName = "{m}.LengthOfNothing")]
    [TestCase("11000000 ff000000 53004f0046005300 0000", TestName = "{m}.OddLength")]
    [TestCase("14000000 ff000000 53004f0046005300 0000 0000", TestName = "{m}.NameEndsBeforeTheEntry")]
    [TestCase("10000000 ff000000 53004f0046005300", TestName = "{m}.NameWithoutEnd")]
    [TestCase("12000000 ff00", TestName = "{m}.CutInTheHeader")]
    [Verifies(Swn.ResourceChangeLayout, Swn.HostileNotificationsSurvived)]
    public void ResourceChange(string entry) =>
        Broken(Swn.ResourceChangeLayout, NotificationKind.RESOURCE_CHANGE_NOTIFICATION, 1, entry);

    [Test, Verifies(Swn.ChangeTypes, Swn.HostileNotificationsSurvived)]
    public void UndefinedChangeType() => Broken(
        Swn.ChangeTypes, NotificationKind.RESOURCE_CHANGE_NOTIFICATION, 1, "12000000 07000000 53004f0046005300 0000");

    [TestCase("63000000 00000000 01000000" + Address, TestName = "{m}.LengthBeyondTheBuffer")]
    [TestCase("04000000 00000000 01000000" + Address, TestName = "{m}.LengthWithinTheHeader")]
    [TestCase("24000000 00000000 02000000" + Address, TestName = "{m}.SecondAddressIsMissing")]
    [TestCase("24000000 00000000 00000040" + Address, TestName = "{m}.InstancesWithoutEnd")]
    [TestCase("0c000000 00000000 abaaaa0a", TestName = "{m}.InstancesThatWrapTheLength")]
    [TestCase("0c000000 00000000", TestName = "{m}.CutInTheHeader")]
    [Verifies(Swn.AddressListLength, Swn.HostileNotificationsSurvived)]
    public void AddressList(string entry) =>
        Broken(Swn.AddressListLength, NotificationKind.CLIENT_MOVE_NOTIFICATION, 1, entry);

    [TestCase(0u, TestName = "{m}.0")]
    [TestCase(5u, TestName = "{m}.5")]
    [TestCase(9u, TestName = "{m}.9")]
    [TestCase(0xFFFFFFFFu, TestName = "{m}.0xFFFFFFFF")]
    [Verifies(Swn.MessageTypes, Swn.HostileNotificationsSurvived)]
    public void UndefinedMessageType(uint type) => Broken(Swn.MessageTypes, (NotificationKind)type, 1, Change);

    /// <summary>A fuzzer's find: an unknown type, ten million messages, four bytes.</summary>
    [Test, Verifies(Swn.MessageTypes, Swn.HostileNotificationsSurvived)]
    public void TenMillionMessagesInFourBytes()
    {
        var vector = Vector.Load("notifyResponse_STRUCT_fuzz2_invalid");

        var response = WitnessCodec.DecodeAsyncNotifyResponse(vector.Bytes.Span, NdrSyntax.Ndr20, out _);

        Broken(Swn.MessageTypes, response);
    }

    /// <summary>A fuzzer's find that is legal: a list of no addresses. Only a server may not send it.</summary>
    [Test, Verifies(Swn.AddressListNotEmpty, Swn.HostileNotificationsSurvived)]
    public void ListOfNoAddresses()
    {
        var response = Response(NotificationKind.CLIENT_MOVE_NOTIFICATION, 1, "0c000000 00000000 00000000");

        Check.That(Swn.HostileNotificationsSurvived, WitnessBlobs.ReadAddressLists(response).Single().Count, 0);
        Told(Swn.AddressListNotEmpty, response);
    }

    [Test, Verifies(Swn.NotificationCounts, Swn.HostileNotificationsSurvived)]
    public void MessagesInANullBuffer() => Broken(
        Swn.NotificationCounts,
        new AsyncNotifyResponse(NotificationKind.CLIENT_MOVE_NOTIFICATION, Length: 0, NumberOfMessages: 5, default));

    [TestCase(0x03u, Swn.OneFamilyPerAddressInfo, TestName = "{m}.BothFamilies")]
    [TestCase(0x08u, Swn.OneFamilyPerAddressInfo, TestName = "{m}.NoFamily")]
    [TestCase(0x29u, Swn.AddressInfoFlags, TestName = "{m}.UndefinedBit")]
    [TestCase(0x19u, Swn.AddressInfoFlags, TestName = "{m}.OnlineAndOffline")]
    [Verifies(Swn.HostileNotificationsSurvived)]
    public void FlagsAreReadAndTold(uint flags, string requirement)
    {
        var info = new AddressInfo((AddressFlags)flags, System.Net.IPAddress.Loopback, System.Net.IPAddress.IPv6Any);
        var response = WitnessBlobs.IpChange(info);

        Check.That(Swn.HostileNotificationsSurvived, WitnessBlobs.ReadAddressLists(response)[0].Single(), info);
        Told(requirement, response);
    }

    private void Broken(string requirement, NotificationKind kind, uint number, string entries) =>
        Broken(requirement, Response(kind, number, entries));

    private void Broken(string requirement, AsyncNotifyResponse response)
    {
        Check.Throws<ProtocolException>(Swn.HostileNotificationsSurvived, () => Read(response));
        Told(requirement, response);
    }

    private void Told(string requirement, AsyncNotifyResponse response)
    {
        var told = WitnessBlobs.Inspect(response);
        Check.Holds(
            requirement, told.Any(defect => defect.Requirement == requirement), $"a defect of {requirement}",
            string.Join("; ", told), subject: "defects told");
    }

    private static object Read(AsyncNotifyResponse response) =>
        response.MessageType == NotificationKind.RESOURCE_CHANGE_NOTIFICATION
            ? WitnessBlobs.ReadResourceChanges(response)
            : WitnessBlobs.ReadAddressLists(response);

    private static AsyncNotifyResponse Response(NotificationKind kind, uint number, string entries)
    {
        var buffer = Hex.Bytes(entries);
        return new AsyncNotifyResponse(kind, (uint)buffer.Length, number, [.. buffer]);
    }
}
