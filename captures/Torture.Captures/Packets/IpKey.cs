using System.Buffers.Binary;
using System.Net;

namespace Torture.Captures;

/// <summary>An IP address that costs no allocation: a run has millions of packets and few addresses.</summary>
public readonly record struct IpKey(ulong High, ulong Low, bool IsV6)
{
    public static IpKey Read(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? new IpKey(0, BinaryPrimitives.ReadUInt32BigEndian(bytes), IsV6: false)
        : new IpKey(
            BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), IsV6: true);

    public static IpKey Of(IPAddress address) => Read(address.GetAddressBytes());

    public bool IsUnspecified => High == 0 && Low == 0;

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!IsV6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Low);
            return new IPAddress(bytes[..4]);
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return new IPAddress(bytes);
    }

    public override string ToString() => ToIPAddress().ToString();
}
