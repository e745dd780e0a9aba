using System.Net;
using System.Net.Sockets;
using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>
/// Where clients connect from. Each running case has an address of its own, by which its packets are told from those
/// of others; all clients of a case share it.
/// </summary>
internal sealed class ClientAddresses
{
    private readonly Lock _gate = new();
    private readonly List<IPAddress> _free;
    private readonly IPAddress? _address6;
    private readonly Dictionary<string, (IPAddress Address, int Clients)> _cases = [];
    private int _names;

    private ClientAddresses(IReadOnlyList<IPAddress> addresses, IPAddress? address6) =>
        (_free, _address6, Count, First) = ([.. addresses], address6, addresses.Count, addresses[0]);

    public IPAddress First { get; }

    /// <summary>So many cases can run side by side.</summary>
    public int Count { get; }

    /// <exception cref="HookException">An address is not one of this machine, or no node can be reached.</exception>
    public static ClientAddresses Of(TargetFile file)
    {
        foreach (var address in file.Clients.Where(address => !CanBind(address)))
        {
            throw new HookException(
                $"{file.Path}: clients: {address} is no address of this machine: ip addr add it first");
        }

        var own = file.Clients.Where(address => address.AddressFamily == AddressFamily.InterNetwork).ToList();
        return new ClientAddresses(
            own.Count > 0 ? own : [SourceTo(file.Nodes[0].Address) ?? throw Unreachable(file)], Address6(file));
    }

    public static string? WhyNotIPv6(TargetFile file) =>
        Address6(file) is null ? $"no address of IPv6 reaches {file.Nodes[0].Address6}: name one under clients" : null;

    /// <param name="caseId">What follows a <c>#</c> counts the clients of one case.</param>
    public CaseClient Claim(string caseId)
    {
        var name = caseId.Split('#')[0];
        lock (_gate)
        {
            if (!_cases.TryGetValue(name, out var held))
            {
                if (_free.Count == 0)
                {
                    throw new InconclusiveException("all client addresses are in use");
                }

                held = (_free[0], 0);
                _free.RemoveAt(0);
            }

            _cases[name] = held with { Clients = held.Clients + 1 };
            return new CaseClient($"torture-{++_names:D5}", held.Address, _address6, () => Release(name));
        }
    }

    private void Release(string name)
    {
        lock (_gate)
        {
            var held = _cases[name];
            if (held.Clients > 1)
            {
                _cases[name] = held with { Clients = held.Clients - 1 };
                return;
            }

            _cases.Remove(name);
            _free.Add(held.Address);
        }
    }

    private static IPAddress? Address6(TargetFile file) =>
        file.Clients.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetworkV6)
        ?? (file.Nodes[0].Address6 is { } node ? SourceTo(node) : null);

    private static bool CanBind(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>What the system would take as a source; nothing is sent.</summary>
    public static IPAddress? SourceTo(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(address, 9));
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static HookException Unreachable(TargetFile file) =>
        new($"{file.Path}: no route to {file.Nodes[0].Address}: is this machine in the cluster's network?");
}
