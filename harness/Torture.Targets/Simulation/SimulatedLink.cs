using System.Net;
using System.Net.NetworkInformation;
using Torture.ReferenceServer.Takeover;

namespace Torture.Targets.Simulation;

/// <summary>The interface of a simulated node.</summary>
internal sealed class SimulatedLink(MemoryNetwork network, NetworkStack stack) : IPublicLink
{
    public PhysicalAddress HardwareAddress { get; } = PhysicalAddress.Parse($"{stack.Mac}");

    public IReadOnlyList<IPAddress> Addresses() => stack.Addresses;

    public void Add(IPAddress address, TimeSpan? lifetime) => stack.Add(address, lifetime);

    public ValueTask WhenReadyAsync(IPAddress address, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Remove(IPAddress address) => stack.Remove(address);

    public int EndConnections(IPAddress address) => network.EndConnections(stack, address);

    public void SendFrame(ReadOnlySpan<byte> frame) => network.SendToAll(stack, frame.ToArray());

    public void SendPacket(IPAddress destination, ReadOnlySpan<byte> packet) =>
        network.SendPacket(stack, destination, packet.ToArray());

    public void Dispose()
    {
    }
}
