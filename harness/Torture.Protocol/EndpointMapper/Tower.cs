using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Torture.Protocol.Rpc;

namespace Torture.Protocol.EndpointMapper;

/// <summary>
/// A protocol tower ([C706] appendix L, [MS-RPCE] 2.2.1.2.2): interface, transfer syntax, RPC protocol, port, address.
/// Lengths and versions are little-endian in every data representation, ports and addresses in network order.
/// </summary>
public sealed record Tower(ImmutableArray<TowerFloor> Floors)
{
    /// <summary>Floors that a tower may have before it is refused.</summary>
    public const int MaximumFloors = 6;

    /// <summary>Bytes that a tower may have before it is refused ([MS-RPCE] 2.2.1.2.2).</summary>
    public const int MaximumLength = 2000;

    private const string Citation = "[C706] appendix L";
    private const int UuidFloorLength = 19;

    /// <summary>The interface of floor 1; null where that floor is none.</summary>
    public SyntaxId? Interface => Uuid(0);

    /// <summary>The transfer syntax of floor 2; null where that floor is none.</summary>
    public SyntaxId? TransferSyntax => Uuid(1);

    /// <summary>Connection-oriented RPC over TCP in floors 3 and 4.</summary>
    public bool IsTcp => Port is not null;

    /// <summary>The TCP port of floor 4; null where the tower is for something else.</summary>
    public int? Port => Is(2, TowerProtocol.ConnectionOriented, 2) && Is(3, TowerProtocol.Tcp, 2)
        ? BinaryPrimitives.ReadUInt16BigEndian(Floors[3].Right.AsSpan())
        : null;

    /// <summary>The IPv4 address of floor 5. A client keeps to the address that it asked instead.</summary>
    public IPAddress? Address => Is(4, TowerProtocol.Ip, 4) ? new IPAddress(Floors[4].Right.AsSpan()) : null;

    /// <summary>Bytes on the wire.</summary>
    public int Length => 2 + Floors.Sum(floor => 4 + floor.Left.Length + floor.Right.Length);

    /// <summary>The tower of an interface in NDR20 over TCP. No floor holds an IPv6 address: 0.0.0.0 instead.</summary>
    public static Tower Build(SyntaxId syntax, IPEndPoint endpoint) => Build(syntax, SyntaxId.Ndr20, endpoint);

    /// <summary>The tower of an interface in this transfer syntax over TCP.</summary>
    public static Tower Build(SyntaxId syntax, SyntaxId transferSyntax, IPEndPoint endpoint)
    {
        var port = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, checked((ushort)endpoint.Port));
        var address = endpoint.AddressFamily == AddressFamily.InterNetwork ? endpoint.Address : IPAddress.Any;
        return new Tower(
        [
            UuidFloor(syntax),
            UuidFloor(transferSyntax),
            new TowerFloor([(byte)TowerProtocol.ConnectionOriented], [0, 0]),
            new TowerFloor([(byte)TowerProtocol.Tcp], ImmutableCollectionsMarshal.AsImmutableArray(port)),
            new TowerFloor([(byte)TowerProtocol.Ip], [.. address.GetAddressBytes()]),
        ]);
    }

    // [C706] appendix I
    private static TowerFloor UuidFloor(SyntaxId syntax)
    {
        var left = new byte[UuidFloorLength];
        left[0] = (byte)TowerProtocol.Uuid;
        syntax.Uuid.TryWriteBytes(left.AsSpan(1));
        BinaryPrimitives.WriteUInt16LittleEndian(left.AsSpan(17), syntax.Major);
        var right = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(right, syntax.Minor);
        return new TowerFloor(
            ImmutableCollectionsMarshal.AsImmutableArray(left), ImmutableCollectionsMarshal.AsImmutableArray(right));
    }

    /// <exception cref="ProtocolException">Too long, too many floors, or lengths that disagree.</exception>
    // [C706] appendix L
    public static Tower Parse(ReadOnlySpan<byte> octets)
    {
        RefuseUnless(octets.Length <= MaximumLength, $"a tower of {octets.Length} bytes", 0);
        RefuseUnless(octets.Length >= 2, "a tower without a floor count", 0);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(octets);
        RefuseUnless(count <= MaximumFloors, $"a tower of {count} floors", 0);
        var floors = new TowerFloor[count];
        var offset = 2;
        for (var i = 0; i < count; i++)
        {
            var left = Side(octets, ref offset);
            RefuseUnless(left.Length >= 1, $"floor {i + 1} does not say what it is", offset);
            floors[i] = new TowerFloor(left.ToImmutableArray(), Side(octets, ref offset).ToImmutableArray());
        }

        RefuseUnless(offset == octets.Length, $"{octets.Length - offset} bytes above the last floor", offset);
        return new Tower(ImmutableCollectionsMarshal.AsImmutableArray(floors));
    }

    private static ReadOnlySpan<byte> Side(ReadOnlySpan<byte> octets, ref int offset)
    {
        RefuseUnless(octets.Length - offset >= 2, "the tower ends before a length", offset);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(octets[offset..]);
        offset += 2;
        RefuseUnless(octets.Length - offset >= length,
            $"{length} bytes in a floor, {octets.Length - offset} left", offset - 2);
        offset += length;
        return octets.Slice(offset - length, length);
    }

    // [C706] appendix L
    public byte[] ToArray()
    {
        var octets = new byte[Length];
        BinaryPrimitives.WriteUInt16LittleEndian(octets, checked((ushort)Floors.Length));
        var rest = octets.AsSpan(2);
        foreach (var floor in Floors)
        {
            foreach (var side in new[] { floor.Left, floor.Right })
            {
                BinaryPrimitives.WriteUInt16LittleEndian(rest, checked((ushort)side.Length));
                side.AsSpan().CopyTo(rest[2..]);
                rest = rest[(2 + side.Length)..];
            }
        }

        return octets;
    }

    public bool Equals(Tower? other) =>
        other is not null && Floors.AsSpan().SequenceEqual(other.Floors.AsSpan());

    public override int GetHashCode() => Floors.Length == 0 ? 0 : HashCode.Combine(Floors.Length, Floors[^1]);

    public override string ToString() => Port is { } port
        ? $"{Interface}, {TransferSyntax}, ncacn_ip_tcp:{Address}[{port}]"
        : string.Join(" | ", Floors);

    private SyntaxId? Uuid(int floor)
    {
        if (!Is(floor, TowerProtocol.Uuid, 2) || Floors[floor].Left.Length != UuidFloorLength)
        {
            return null;
        }

        var left = Floors[floor].Left.AsSpan();
        return new SyntaxId(
            new Guid(left[1..17]),
            BinaryPrimitives.ReadUInt16LittleEndian(left[17..]),
            BinaryPrimitives.ReadUInt16LittleEndian(Floors[floor].Right.AsSpan()));
    }

    private bool Is(int floor, TowerProtocol protocol, int rightLength) =>
        Floors.Length > floor && Floors[floor].Protocol == protocol && Floors[floor].Right.Length == rightLength;

    private static void RefuseUnless(bool holds, string message, int offset)
    {
        if (!holds)
        {
            throw new ProtocolException(message, Citation, offset);
        }
    }
}
