using System.Collections.Immutable;

namespace Torture.Protocol.EndpointMapper;

/// <summary>The first octet of a floor's left-hand side ([C706] appendix I).</summary>
public enum TowerProtocol : byte
{
    Tcp = 0x07,
    Udp = 0x08,
    Ip = 0x09,
    Datagram = 0x0A,
    ConnectionOriented = 0x0B,
    Local = 0x0C,
    Uuid = 0x0D,
    NamedPipe = 0x0F,
    LocalEndpoint = 0x10,
    NetBios = 0x11,
    Http = 0x1F,
}

/// <summary>One layer of a protocol tower: what it is, and where ([C706] appendix L).</summary>
/// <param name="Left">Protocol identifier and what belongs to it, one octet or more.</param>
/// <param name="Right">Address or version.</param>
public sealed record TowerFloor(ImmutableArray<byte> Left, ImmutableArray<byte> Right)
{
    public TowerProtocol Protocol => (TowerProtocol)Left[0];

    public bool Equals(TowerFloor? other) =>
        other is not null && Left.AsSpan().SequenceEqual(other.Left.AsSpan())
        && Right.AsSpan().SequenceEqual(other.Right.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Left.Length, Protocol, Right.Length);

    public override string ToString() =>
        $"{Convert.ToHexStringLower(Left.AsSpan())}:{Convert.ToHexStringLower(Right.AsSpan())}";
}
