using System.Globalization;
using System.Net;

namespace Torture.Targets.Containers.Engine;

/// <summary>
/// The addresses of one network of a run: of IPv4 <c>172.31.N.0/24</c>, then <c>10.231.N.0/24</c>, and of IPv6
/// <c>fd77:c0de:N::/64</c>. The host has number 1.
/// </summary>
internal readonly record struct AddressRange(int Number)
{
    public const int Count = 512;

    private const int OfOnePrefix = 256;

    public IPNetwork Subnet => new(Address(0), 24);

    public IPNetwork Subnet6 => new(Address6(0), 64);

    /// <summary>Name of the bridge interface.</summary>
    public string Bridge => string.Create(CultureInfo.InvariantCulture, $"torture{Number}");

    /// <param name="host">2 to 254; 1 is the host itself.</param>
    public IPAddress Address(int host) => new(Number < OfOnePrefix
        ? [172, 31, (byte)Number, (byte)host]
        : [10, 231, (byte)(Number - OfOnePrefix), (byte)host]);

    public IPAddress Address6(int host) =>
        IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"fd77:c0de:{Number:x}::{host:x}"));

    public bool Overlaps(IPNetwork other) => Overlap(Subnet, other) || Overlap(Subnet6, other);

    private static bool Overlap(IPNetwork one, IPNetwork other) =>
        one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);
}
