using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;

namespace Torture.SelfTests.Ndr;

/// <summary>The hot paths put nothing on the heap but their result.</summary>
[NonParallelizable]
public sealed class Allocations
{
    private static readonly NdrSyntax[] Syntaxes = [NdrSyntax.Ndr20, NdrSyntax.Ndr64, NdrSyntax.Ndr20BigEndian];

    private static readonly GetInterfaceListResponse List = MakeList();

    private static readonly AddressInfo[] Addresses =
        [.. Enumerable.Range(1, 16).Select(i => AddressInfo.Online(new IPAddress(new byte[] { 10, 0, 0, (byte)i })))];

    private static readonly AsyncNotifyResult Moves = new(WitnessBlobs.ClientMove(Addresses), Win32Error.ERROR_SUCCESS);

    [TestCaseSource(nameof(Syntaxes))]
    public void EncodingIntoAWarmWriterTakesNone(NdrSyntax syntax)
    {
        var writer = new NdrWriter(syntax);

        BytesOf(() =>
        {
            writer.Reset();
            WitnessCodec.Encode(List, writer);
            writer.Reset();
            WitnessCodec.Encode(Moves, writer);
        }).Should().Be(0);
    }

    [TestCaseSource(nameof(Syntaxes))]
    public void DecodingAListTakesTheList(NdrSyntax syntax)
    {
        var stub = WitnessCodec.Encode(List, syntax);

        BytesOf(() => WitnessCodec.DecodeGetInterfaceListResponse(stub, syntax))
            .Should().BeLessThanOrEqualTo(BytesOf(() => MakeList()));
    }

    [TestCaseSource(nameof(Syntaxes))]
    public void DecodingANotificationTakesTheNotification(NdrSyntax syntax)
    {
        var stub = WitnessCodec.Encode(Moves, syntax);

        BytesOf(() => WitnessCodec.DecodeAsyncNotifyResult(stub, syntax)).Should().Be(BytesOf(() =>
            new AsyncNotifyResult(Moves.Response! with { MessageBuffer = [.. Moves.Response.MessageBuffer.AsSpan()] },
                Win32Error.ERROR_SUCCESS)));
    }

    [Test]
    public void ReadingAddressesTakesTheAddresses() =>
        BytesOf(() => WitnessBlobs.ReadAddressLists(Moves.Response!)).Should().Be(BytesOf(MakeAddresses));

    private static object MakeAddresses()
    {
        var lists = new AddressInfo[1][];
        lists[0] = new AddressInfo[16];
        for (var i = 0; i < 16; i++)
        {
            ReadOnlySpan<byte> bytes = [10, 0, 0, 1];
            lists[0][i] = new AddressInfo(AddressFlags.IPADDR_V4, new IPAddress(bytes), IPAddress.IPv6Any);
        }

        return lists;
    }

    private static GetInterfaceListResponse MakeList()
    {
        var entries = new WitnessInterface[64];
        for (var i = 0; i < entries.Length; i++)
        {
            ReadOnlySpan<byte> four = [10, 0, 0, 1];
            ReadOnlySpan<byte> sixteen = [0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
            ReadOnlySpan<char> name = "CLUSTER-NODE";
            entries[i] = new WitnessInterface(
                new string(name), WitnessVersion.V2, InterfaceState.AVAILABLE, new IPAddress(four),
                new IPAddress(sixteen), InterfaceFlags.IPv4 | InterfaceFlags.IPv6 | InterfaceFlags.INTERFACE_WITNESS);
        }

        return new GetInterfaceListResponse([.. entries], Win32Error.ERROR_SUCCESS);
    }

    private static long BytesOf(Func<object> action) => BytesOf(() => { action(); });

    private static long BytesOf(Action action)
    {
        action();
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
