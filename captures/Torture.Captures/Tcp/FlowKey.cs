using System.Net;

namespace Torture.Captures.Tcp;

internal readonly record struct EndpointKey(IpKey Address, ushort Port) : IComparable<EndpointKey>
{
    public IPEndPoint ToIPEndPoint() => new(Address.ToIPAddress(), Port);

    public int CompareTo(EndpointKey other) =>
        (Port, Address.High, Address.Low).CompareTo((other.Port, other.Address.High, other.Address.Low));
}

/// <summary>Both ends of a connection, the same for both directions.</summary>
internal readonly record struct FlowKey
{
    private readonly EndpointKey _low;
    private readonly EndpointKey _high;

    public FlowKey(in EndpointKey one, in EndpointKey other)
    {
        (_low, _high) = one.CompareTo(other) <= 0 ? (one, other) : (other, one);
    }
}
