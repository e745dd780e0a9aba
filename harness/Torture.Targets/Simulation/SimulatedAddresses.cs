using System.Globalization;
using System.Net;
using Torture.Captures;
using Torture.Targets.Reference;

namespace Torture.Targets.Simulation;

/// <summary>Addresses of a world's network. No other world sees them.</summary>
internal sealed class SimulatedAddresses : IAddressBook
{
    private const int FirstClient = 130;
    private const int LastClient = 254;

    private readonly Queue<int> _clients = new(Enumerable.Range(FirstClient, LastClient - FirstClient + 1));

    public IPAddress Marker => Of(1);

    public IPAddress Private(int node) => Of(11 + node);

    public IPAddress Node(int node) => Of(31 + node);

    public IPAddress Node6(int node) => Of6(0x31 + node);

    public IPAddress Public(int index) => Of(101 + index);

    public IPAddress Public6(int index) => Of6(0x101 + index);

    /// <summary>The same in each life of a node.</summary>
    public static MacAddress MacOf(int node) => new(0x0200_0000_0001 + (ulong)node);

    public IPAddress Client(int number) => Of(number);

    public IPAddress Client6(int number) => Of6(0x1000 + number);

    /// <summary>A number for a client; give it back. Null: all are in use.</summary>
    public int? TakeClient() => _clients.TryDequeue(out var client) ? client : null;

    public void GiveBack(int client) => _clients.Enqueue(client);

    private static IPAddress Of(int host) => new([10, 77, 0, (byte)host]);

    private static IPAddress Of6(int host) =>
        IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"fd77::{host:x}"));
}
