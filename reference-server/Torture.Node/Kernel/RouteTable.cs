using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Torture.Node.Kernel;

/// <summary>An address of an interface of this network namespace.</summary>
internal sealed record AddressEntry(int Link, IPAddress Address, int PrefixLength)
{
    /// <summary>The other one is in the same subnet.</summary>
    public bool Covers(AddressEntry other) => other.PrefixLength == PrefixLength && Subnet.Equals(other.Subnet);

    private IPNetwork Subnet
    {
        get
        {
            var bytes = Address.GetAddressBytes();
            for (var bit = PrefixLength; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            }

            return new IPNetwork(new IPAddress(bytes), PrefixLength);
        }
    }
}

/// <summary>Interfaces and their addresses, as rtnetlink(7) has them.</summary>
internal sealed class RouteTable : IDisposable
{
    private const ushort GetLink = 18;
    private const ushort NewAddress = 20;
    private const ushort DeleteAddress = 21;
    private const ushort GetAddress = 22;
    private const ushort GetRoute = 26;

    private const ushort LinkAddress = 1;
    private const ushort Address = 1;
    private const ushort LocalAddress = 2;
    private const ushort CacheInformation = 6;

    private const ushort Flags = 8;

    private const int NoDuplicateDetection = 0x02;
    private const int NoPrefixRoute = 0x200;
    private const byte LocalRoute = 2;
    private const ushort Ethernet = 1;
    private const int AddressHeader = 8;
    private const int LinkHeader = 16;
    private const int RouteHeader = 12;

    private readonly NetlinkSocket _kernel = new(NetlinkSocket.Route);

    public IReadOnlyList<AddressEntry> Addresses() =>
        [.. _kernel.List(GetAddress, new byte[AddressHeader]).Select(Read).OfType<AddressEntry>()];

    /// <summary>Null: there is no such interface, or it is no Ethernet.</summary>
    public PhysicalAddress? HardwareAddressOf(int link)
    {
        foreach (var entry in _kernel.List(GetLink, new byte[LinkHeader]))
        {
            var mac = NetlinkSocket.Find(entry.AsSpan(LinkHeader), LinkAddress);
            if (MemoryMarshal.Read<int>(entry.AsSpan(4)) == link
                && MemoryMarshal.Read<ushort>(entry.AsSpan(2)) == Ethernet && mac.Length == 6)
            {
                return new PhysicalAddress(mac.ToArray());
            }
        }

        return null;
    }

    /// <summary>
    /// IPv6 without duplicate address detection: for its second the address would not be answered for, and the owner
    /// before may still be there to object.
    /// </summary>
    /// <param name="isCovered">
    /// The interface's own address has the same subnet: the route there is its, and shall not end with this address.
    /// </param>
    public void Add(AddressEntry entry, TimeSpan? lifetime, bool isCovered)
    {
        var seconds = lifetime is { } time ? (uint)time.TotalSeconds : uint.MaxValue;
        var cache = new byte[16];
        MemoryMarshal.Write(cache, seconds);
        MemoryMarshal.Write(cache.AsSpan(4), seconds);
        _kernel.Do(
            NewAddress,
            NetlinkSocket.Create | NetlinkSocket.Replace,
            [
                .. Body(entry), .. NetlinkSocket.Attribute(CacheInformation, cache),
                .. NetlinkSocket.Attribute(
                    Flags, BitConverter.GetBytes(NoDuplicateDetection | (isCovered ? NoPrefixRoute : 0))),
            ]);
    }

    /// <summary>What is sent there stays on this host: the kernel answers for the address.</summary>
    public bool IsLocal(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var request = new byte[RouteHeader];
        (request[0], request[1]) = (Family(address), (byte)(bytes.Length * 8));
        try
        {
            return _kernel.Do(GetRoute, 0, [.. request, .. NetlinkSocket.Attribute(Address, bytes)])
                .Any(route => route.Length >= RouteHeader && route[7] == LocalRoute);
        }
        catch (KernelException refused) when (refused.Number == KernelException.Unreachable)
        {
            return false;
        }
    }

    /// <summary>Nothing happens where it is gone already.</summary>
    public void Remove(AddressEntry entry)
    {
        try
        {
            _kernel.Do(DeleteAddress, 0, Body(entry));
        }
        catch (KernelException gone) when (
            gone.Number is KernelException.AddressNotAvailable or KernelException.NoDevice)
        {
        }
    }

    public void Dispose() => _kernel.Dispose();

    private static byte Family(IPAddress address) => (byte)(address.AddressFamily == AddressFamily.InterNetworkV6
        ? KernelSocket.InterNetworkV6
        : KernelSocket.InterNetwork);

    private static byte[] Body(AddressEntry entry)
    {
        byte[] header = [Family(entry.Address), (byte)entry.PrefixLength, 0, 0, 0, 0, 0, 0];
        MemoryMarshal.Write(header.AsSpan(4), entry.Link);
        var bytes = entry.Address.GetAddressBytes();
        return
        [
            .. header, .. NetlinkSocket.Attribute(LocalAddress, bytes), .. NetlinkSocket.Attribute(Address, bytes),
        ];
    }

    /// <summary>Of a link with two ends IFA_ADDRESS is the other one; IPv6 has no IFA_LOCAL.</summary>
    private static AddressEntry? Read(byte[] body)
    {
        if (body.Length < AddressHeader)
        {
            return null;
        }

        var attributes = body.AsSpan(AddressHeader);
        var address = NetlinkSocket.Find(attributes, LocalAddress);
        address = address.IsEmpty ? NetlinkSocket.Find(attributes, Address) : address;
        return address.Length is 4 or 16
            ? new AddressEntry(MemoryMarshal.Read<int>(body.AsSpan(4)), new IPAddress(address), body[1])
            : null;
    }
}
