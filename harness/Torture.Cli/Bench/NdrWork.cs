using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;

namespace Torture.Cli.Bench;

/// <summary>Something that the codec does over and over.</summary>
/// <param name="Bytes">What is read or written each time.</param>
/// <param name="MakeResult">Makes what the work leaves, and nothing else: the size that it cannot be without.</param>
internal sealed record NdrWork(string Name, int Bytes, Func<object?> Do, Func<object?> MakeResult)
{
    private const int Interfaces = 64;
    private const int Addresses = 16;

    private static readonly NdrSyntax Syntax = NdrSyntax.Ndr20;

    /// <summary>The issue asks a speed of it.</summary>
    public bool IsMeasuredBySpeed { get; init; }

    public static IEnumerable<NdrWork> All()
    {
        var list = new GetInterfaceListResponse(
            [.. Enumerable.Range(1, Interfaces).Select(Interface)], Win32Error.ERROR_SUCCESS);
        var listStub = WitnessCodec.Encode(list, Syntax);
        yield return Encoding("list encode", listStub.Length, writer => WitnessCodec.Encode(list, writer));
        yield return new NdrWork(
            "list decode", listStub.Length, () => WitnessCodec.DecodeGetInterfaceListResponse(listStub, Syntax),
            () => Copy(list)) { IsMeasuredBySpeed = true };

        AddressInfo[] addresses = [.. Enumerable.Range(1, Addresses).Select(Address)];
        var notification = new AsyncNotifyResult(WitnessBlobs.ClientMove(addresses), Win32Error.ERROR_SUCCESS);
        var notificationStub = WitnessCodec.Encode(notification, Syntax);
        yield return Encoding(
            "notification encode", notificationStub.Length, writer => WitnessCodec.Encode(notification, writer));
        yield return new NdrWork(
            "notification decode", notificationStub.Length,
            () => WitnessCodec.DecodeAsyncNotifyResult(notificationStub, Syntax), () => Copy(notification));
        yield return new NdrWork(
            "addresses encode", notification.Response!.MessageBuffer.Length, () => WitnessBlobs.ClientMove(addresses),
            () => Copy(notification.Response));
        yield return new NdrWork(
            "addresses decode", notification.Response.MessageBuffer.Length,
            () => WitnessBlobs.ReadAddressLists(notification.Response), () => Copy(addresses));
    }

    /// <summary>Bytes that the result itself takes on the heap.</summary>
    public long ResultSize()
    {
        MakeResult();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = MakeResult();
        var size = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(result);
        return size;
    }

    /// <summary>Into a buffer that is used again: nothing is left on the heap.</summary>
    private static NdrWork Encoding(string name, int bytes, Action<NdrWriter> encode)
    {
        var writer = new NdrWriter(Syntax, bytes);
        return new NdrWork(
            name, bytes,
            () =>
            {
                writer.Reset();
                encode(writer);
                return null;
            },
            () => null);
    }

    private static WitnessInterface Interface(int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"NODE{number:D2}"), WitnessVersion.V2, InterfaceState.AVAILABLE,
        IPv4(number), IPv6(number), InterfaceFlags.IPv4 | InterfaceFlags.IPv6 | InterfaceFlags.INTERFACE_WITNESS);

    private static AddressInfo Address(int number) =>
        AddressInfo.Online(number % 2 == 0 ? IPv4(number) : IPv6(number));

    private static IPAddress IPv4(int number) => new([10, 0, 1, (byte)number]);

    private static IPAddress IPv6(int number) => IPAddress.Parse($"fd00::{number:x}");

    private static GetInterfaceListResponse Copy(GetInterfaceListResponse list)
    {
        var copies = new WitnessInterface[list.Interfaces!.Value.Length];
        for (var i = 0; i < copies.Length; i++)
        {
            var entry = list.Interfaces.Value[i];
            copies[i] = new WitnessInterface(
                new string(entry.GroupName.AsSpan()), entry.Version, entry.State, Copy(entry.IPv4), Copy(entry.IPv6),
                entry.Flags);
        }

        return new GetInterfaceListResponse(ImmutableCollectionsMarshal.AsImmutableArray(copies), list.Status);
    }

    private static AsyncNotifyResult Copy(AsyncNotifyResult result) => new(Copy(result.Response!), result.Status);

    private static AsyncNotifyResponse Copy(AsyncNotifyResponse response) => new(
        response.MessageType, response.Length, response.NumberOfMessages,
        ImmutableCollectionsMarshal.AsImmutableArray(response.MessageBuffer.AsSpan().ToArray()));

    private static IReadOnlyList<IReadOnlyList<AddressInfo>> Copy(AddressInfo[] addresses)
    {
        var copies = new AddressInfo[addresses.Length];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = new AddressInfo(addresses[i].Flags, Copy(addresses[i].IPv4), Copy(addresses[i].IPv6));
        }

        return new IReadOnlyList<AddressInfo>[] { copies };
    }

    /// <summary>A decoder has no need of another object for "no address".</summary>
    private static IPAddress Copy(IPAddress address)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return new IPAddress(bytes[..length]);
    }
}
