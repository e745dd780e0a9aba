using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Takeover;

namespace Torture.Node.Kernel;

/// <summary>The interface of this process's network namespace that has the node's own address.</summary>
internal sealed class PublicLink : IPublicLink
{
    private const int RawPackets = 255;
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(2);

    private readonly NodeEntry _self;
    private readonly NetworkSettings _settings;
    private readonly RouteTable _routes = new();
    private readonly ConnectionEnder _connections = new();
    private readonly KernelSocket _frames = KernelSocket.Open(KernelSocket.Packet, KernelSocket.Raw, 0);
    private readonly KernelSocket _packets = KernelSocket.Open(KernelSocket.InterNetwork, KernelSocket.Raw, RawPackets);
    private readonly Lazy<KernelSocket> _packets6 =
        new(() => KernelSocket.Open(KernelSocket.InterNetworkV6, KernelSocket.Raw, RawPackets));

    private Found _link;

    private PublicLink(NodeEntry self, NetworkSettings settings)
    {
        (_self, _settings) = (self, settings);
        _link = Find();
    }

    public PhysicalAddress HardwareAddress => _link.Hardware;

    /// <exception cref="ConfigurationException">
    /// No permission to change the network, or no interface with the node's address.
    /// </exception>
    public static PublicLink Open(NodeEntry self, NetworkSettings settings)
    {
        Capabilities.RequireNetwork();
        try
        {
            return new PublicLink(self, settings);
        }
        catch (IOException refused)
        {
            throw new ConfigurationException($"network: {refused.Message}", refused);
        }
    }

    public IReadOnlyList<IPAddress> Addresses() =>
        [.. _routes.Addresses().Where(entry => entry.Link == _link.Index).Select(entry => entry.Address)];

    public void Add(IPAddress address, TimeSpan? lifetime) => OnLink(link =>
    {
        try
        {
            var entry = new AddressEntry(link.Index, address, PrefixOf(link, address));
            _routes.Add(entry, lifetime, isCovered: link.Own.Any(own => own.Covers(entry)));
        }
        catch (KernelException refused) when (
            refused.Number == KernelException.AccessDenied && address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            throw new IOException(
                "IPv6 is switched off on this interface: set net.ipv6.conf.all.disable_ipv6=0", refused);
        }
    });

    public async ValueTask WhenReadyAsync(IPAddress address, CancellationToken cancellationToken)
    {
        // The kernel puts IPv6 addresses into its tables on a thread of its own.
        using var deadline = new CancellationTokenSource(ReadyLimit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!_routes.IsLocal(address))
        {
            try
            {
                await ticks.WaitForNextTickAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new IOException(
                    $"{address} was added, and is not answered for after {ReadyLimit.TotalSeconds} s");
            }
        }
    }

    public void Remove(IPAddress address)
    {
        foreach (var entry in _routes.Addresses().Where(entry => entry.Address.Equals(address)))
        {
            _routes.Remove(entry);
        }
    }

    public int EndConnections(IPAddress address) => _connections.End(address);

    // packet(7): struct sockaddr_ll; where it goes is in the frame.
    public void SendFrame(ReadOnlySpan<byte> frame)
    {
        var copy = frame.ToArray();
        OnLink(link =>
        {
            Span<byte> to = stackalloc byte[20];
            to.Clear();
            MemoryMarshal.Write(to, (ushort)KernelSocket.Packet);
            MemoryMarshal.Write(to[4..], link.Index);
            _frames.Send(copy, to);
        });
    }

    // ip(7), ipv6(7): struct sockaddr_in and sockaddr_in6; the port must be 0.
    public void SendPacket(IPAddress destination, ReadOnlySpan<byte> packet)
    {
        Span<byte> to = stackalloc byte[28];
        to.Clear();
        if (destination.AddressFamily == AddressFamily.InterNetwork)
        {
            MemoryMarshal.Write(to, (ushort)KernelSocket.InterNetwork);
            _ = destination.TryWriteBytes(to[4..], out _);
            _packets.Send(packet, to[..16]);
            return;
        }

        MemoryMarshal.Write(to, (ushort)KernelSocket.InterNetworkV6);
        _ = destination.TryWriteBytes(to[8..], out _);
        MemoryMarshal.Write(to[24..], destination.IsIPv6LinkLocal ? _link.Index : 0);
        _packets6.Value.Send(packet, to);
    }

    public void Dispose()
    {
        _routes.Dispose();
        _connections.Dispose();
        _frames.Dispose();
        _packets.Dispose();
        if (_packets6.IsValueCreated)
        {
            _packets6.Value.Dispose();
        }
    }

    /// <summary>An interface that was taken away and given again is another one, with another number.</summary>
    private void OnLink(Action<Found> act)
    {
        try
        {
            act(_link);
        }
        catch (KernelException gone) when (gone.Number is KernelException.NoDevice or KernelException.NoSuchAddress)
        {
            _link = Find();
            act(_link);
        }
    }

    private Found Find()
    {
        var addresses = _routes.Addresses();
        var own = addresses.FirstOrDefault(entry => entry.Address.Equals(_self.Address))
            ?? throw new IOException($"no interface here has the address {_self.Address} of node {_self.Name}");
        var own6 = addresses.FirstOrDefault(
            entry => entry.Link == own.Link && _self.Address6 is { } address && entry.Address.Equals(address));
        return new Found(
            own.Link,
            _routes.HardwareAddressOf(own.Link)
                ?? throw new IOException(
                    $"the interface with {_self.Address} is no Ethernet: nobody can be told there"),
            [own, .. own6 is null ? (ReadOnlySpan<AddressEntry>)[] : [own6]]);
    }

    /// <summary>As the cluster file says; else as the node's own address has it; else alone.</summary>
    private int PrefixOf(Found link, IPAddress address)
    {
        var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        return (isV6 ? _settings.PrefixLength6 : _settings.PrefixLength)
            ?? link.Own.FirstOrDefault(entry => entry.Address.AddressFamily == address.AddressFamily)?.PrefixLength
            ?? (isV6 ? 128 : 32);
    }

    private sealed record Found(int Index, PhysicalAddress Hardware, IReadOnlyList<AddressEntry> Own);
}
