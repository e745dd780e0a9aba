using System.Net;
using System.Net.NetworkInformation;
using Torture.Captures;
using Torture.ReferenceServer.Takeover;
using Torture.SelfTests.Captures;

namespace Torture.SelfTests.Takeover;

/// <summary>An interface that writes down what is done to it, and lets addresses go when their time has come.</summary>
internal sealed class FakeLink(TimeProvider time) : IPublicLink
{
    private readonly Dictionary<IPAddress, long> _addresses = [];

    public static MacAddress Mac { get; } = new(0x0200_0000_0001);

    public PhysicalAddress HardwareAddress => PhysicalAddress.Parse("020000000001");

    /// <summary>A word, the address, and when: seconds since the beginning.</summary>
    public List<(string What, IPAddress Address, double At)> Done { get; } = [];

    public List<CapturedPacket> Sent { get; } = [];

    /// <summary>What the kernel says to each attempt; null: it does it.</summary>
    public string? Refuses { get; set; }

    public bool IsDisposed { get; private set; }

    private double Now => time.GetTimestamp() / (double)time.TimestampFrequency;

    public IReadOnlyList<IPAddress> Addresses() =>
        [.. _addresses.Where(entry => entry.Value > time.GetTimestamp()).Select(entry => entry.Key)];

    public void Add(IPAddress address, TimeSpan? lifetime)
    {
        if (Refuses is { } why)
        {
            throw new IOException(why);
        }

        _addresses[address] = lifetime is { } limit ? time.GetTimestamp() + limit.Ticks : long.MaxValue;
        Note("add", address);
    }

    public ValueTask WhenReadyAsync(IPAddress address, CancellationToken cancellationToken)
    {
        Note("ready", address);
        return ValueTask.CompletedTask;
    }

    public void Remove(IPAddress address)
    {
        _addresses.Remove(address);
        Note("remove", address);
    }

    public int EndConnections(IPAddress address)
    {
        Note("end", address);
        return 0;
    }

    public void SendFrame(ReadOnlySpan<byte> frame) => Send(LinkType.Ethernet, frame);

    public void SendPacket(IPAddress destination, ReadOnlySpan<byte> packet) => Send(LinkType.Raw, packet);

    public void Dispose() => IsDisposed = true;

    private void Send(LinkType link, ReadOnlySpan<byte> bytes) =>
        Sent.Add(Wire.Packet(Sent.Count + 1, link, bytes.ToArray(), (long)(Now * 1e9) + 1));

    private void Note(string what, IPAddress address) => Done.Add((what, address, Now));
}
