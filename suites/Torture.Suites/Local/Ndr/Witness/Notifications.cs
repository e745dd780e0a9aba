using Torture.Fixtures;
using Torture.Protocol.Ndr;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>The entries in MessageBuffer: exact lengths, little-endian in every syntax.</summary>
public sealed class Notifications : Suite
{
    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.ResourceChanges))]
    [Verifies(Swn.ResourceChangeLayout, Swn.NotificationCounts)]
    public void ResourceChanges(Vector vector)
    {
        var response = Decoded(vector);

        var changes = WitnessBlobs.ReadResourceChanges(response);

        Check.That(Swn.ResourceChangeLayout, WitnessBlobs.ResourceChange([.. changes]), response);
        Check.That(Swn.NotificationCounts, (uint)changes.Count, response.NumberOfMessages);
        Check.That(
            Swn.NotificationCounts, response.Length,
            (uint)changes.Sum(change => 8 + 2 * (change.ResourceName.Length + 1)));
    }

    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.AddressLists))]
    [Verifies(Swn.AddressInfoLayout, Swn.AddressListLength, Swn.NotificationCounts)]
    public void AddressLists(Vector vector)
    {
        var response = Decoded(vector);

        var lists = WitnessBlobs.ReadAddressLists(response);

        Check.That(Swn.AddressInfoLayout, WitnessBlobs.AddressLists(response.MessageType, lists), response);
        Check.That(Swn.AddressListLength, response.Length, (uint)lists.Sum(list => 12 + 24 * list.Count));
        Check.That(Swn.NotificationCounts, (uint)lists.Count, response.NumberOfMessages);
    }

    /// <summary>Whatever the syntax of the stub, the entries are the same bytes.</summary>
    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.BlobsAreLittleEndian)]
    public void AreBytes(NdrSyntax syntax)
    {
        var blob = Hex.Bytes("24000000 00000000 01000000 09000000 c000020b 00000000000000000000000000000000");
        var result = new AsyncNotifyResult(
            new AsyncNotifyResponse(NotificationKind.CLIENT_MOVE_NOTIFICATION, 36, 1, [.. blob]), ERROR_SUCCESS);

        var stub = WitnessCodec.Encode(result, syntax);

        Check.RoundTrips(Swn.BlobsAreLittleEndian, stub, result, syntax);
        Check.That(Swn.BlobsAreLittleEndian, stub.AsSpan().IndexOf(blob), syntax.Is64 ? 40 : 24);
    }

    /// <summary>An entry of odd length is followed by a gap, not padded in its own length.</summary>
    [TestCase(false, "00000200 01000000 12000000 01000000 04000200 12000000", TestName = "{m}.Ndr20")]
    [TestCase(true, "0000020000000000 01000000 12000000 01000000 00000000 0400020000000000 1200000000000000",
        TestName = "{m}.Ndr64")]
    [Verifies(Swn.ResourceChangeLayout, Swn.NotificationLayout)]
    public void OddLengths(bool is64, string head)
    {
        const string entry = "12000000 ff000000 53004f004600530000 00";
        var syntax = is64 ? NdrSyntax.Ndr64 : NdrSyntax.Ndr20;
        var response = WitnessBlobs.ResourceChange(
            new ResourceChange(ChangeType.RESOURCE_STATE_UNAVAILABLE, "SOFS"));

        Check.That(Swn.ResourceChangeLayout, response.MessageBuffer.ToArray(), Hex.Bytes(entry));
        Check.RoundTrips(
            Swn.NotificationLayout, Hex.Bytes(head + entry + "0000 00000000"),
            new AsyncNotifyResult(response, ERROR_SUCCESS), syntax);
    }

    /// <summary>Windows leaves garbage in the address whose flag is clear; nobody may take it for one.</summary>
    [Test, Verifies(Swn.UnflaggedAddressIgnored)]
    public void GarbageInTheUnflaggedAddress()
    {
        var response = Decoded(Vector.Load("AsyncNotify_OUT_client_move"));

        var info = WitnessBlobs.ReadAddressLists(response)[0][0];

        Check.That(Swn.UnflaggedAddressIgnored, info.Address, System.Net.IPAddress.Parse("192.168.3.45"));
        Check.Holds(
            Swn.UnflaggedAddressIgnored, !info.IPv6.Equals(System.Net.IPAddress.IPv6Any), "the garbage is kept",
            $"{info.IPv6}");
    }

    [Test, Verifies(Swn.AddressListReservedIgnored, Swn.AddressListReservedZero)]
    public void ReservedIsIgnoredButTold()
    {
        var good = WitnessBlobs.ClientMove(AddressInfo.Online(System.Net.IPAddress.Parse("192.0.2.1")));

        var reserved = good with { MessageBuffer = good.MessageBuffer.SetItem(4, 5) };

        Check.That(
            Swn.AddressListReservedIgnored, WitnessBlobs.ReadAddressLists(reserved)[0],
            WitnessBlobs.ReadAddressLists(good)[0]);
        Check.That(
            Swn.AddressListReservedZero, WitnessBlobs.Inspect(reserved).Single().Requirement,
            Swn.AddressListReservedZero);
    }

    private static AsyncNotifyResponse Decoded(Vector vector) =>
        WitnessCodec.DecodeAsyncNotifyResult(vector.Bytes.Span, VectorValue.SyntaxOf(vector)).Response!;
}
