using System.Net;
using System.Net.NetworkInformation;

namespace Torture.ReferenceServer.Takeover;

/// <summary>
/// The network interface on which the clients of a node are: the one that has the node's own address. Every method
/// throws <see cref="IOException"/> where the kernel says no.
/// </summary>
public interface IPublicLink : IDisposable
{
    PhysicalAddress HardwareAddress { get; }

    /// <summary>All addresses of the interface.</summary>
    IReadOnlyList<IPAddress> Addresses();

    /// <summary>Gives the interface an address; one that it has gets a new lifetime.</summary>
    /// <param name="lifetime">Whole seconds, after which the kernel takes it away by itself; null: for ever.</param>
    void Add(IPAddress address, TimeSpan? lifetime);

    /// <summary>Returns once the kernel answers at an address that was added.</summary>
    ValueTask WhenReadyAsync(IPAddress address, CancellationToken cancellationToken);

    /// <summary>Nothing happens where the address is not there.</summary>
    void Remove(IPAddress address);

    /// <summary>Ends every TCP connection of the address with RST, whichever process has it.</summary>
    /// <returns>How many.</returns>
    int EndConnections(IPAddress address);

    /// <summary>Sends a whole Ethernet frame.</summary>
    void SendFrame(ReadOnlySpan<byte> frame);

    /// <summary>Sends a whole IP packet, by the routes of the node.</summary>
    void SendPacket(IPAddress destination, ReadOnlySpan<byte> packet);
}
