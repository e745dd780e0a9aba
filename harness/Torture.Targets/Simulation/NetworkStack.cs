using System.Net;
using Torture.Captures;

namespace Torture.Targets.Simulation;

/// <summary>
/// The network stack of one machine on the link: which addresses it has, and where it takes its neighbours to be. It
/// answers whoever asks for an address of its own, whatever its processes do.
/// </summary>
internal sealed class NetworkStack(MemoryNetwork network, MacAddress mac)
{
    /// <summary>Who was not answered asks again so much later: RETRANS_TIMER of [RFC4861] 10.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<IPAddress, long> _addresses = [];
    private readonly Dictionary<IPAddress, MacAddress> _neighbours = [];
    private readonly Dictionary<IPAddress, long> _asked = [];

    public MacAddress Mac => mac;

    /// <summary>The machine was switched off.</summary>
    public bool IsDown { get; private set; }

    public IReadOnlyList<IPAddress> Addresses => [.. _addresses.Keys.Where(Has)];

    private long Now => network.World.Now;

    /// <param name="lifetime">After which it is gone by itself; null: for ever.</param>
    public void Add(IPAddress address, TimeSpan? lifetime = null) =>
        _addresses[address] = lifetime is { } limit ? Now + limit.Ticks : long.MaxValue;

    public void Remove(IPAddress address) => _addresses.Remove(address);

    public void SwitchOff() => IsDown = true;

    public bool Has(IPAddress address) =>
        !IsDown && _addresses.TryGetValue(address, out var until) && until > Now;

    /// <summary>The link address to which packets for an address go; null: nobody says that it has it.</summary>
    /// <param name="from">Who wants to know.</param>
    public MacAddress? NeighbourAt(IPAddress address, IPAddress from)
    {
        if (Has(address))
        {
            return mac;
        }

        if (_neighbours.TryGetValue(address, out var known))
        {
            return known;
        }

        if (_asked.TryGetValue(address, out var asked) && Now - asked < Patience.Ticks)
        {
            return null;
        }

        _asked[address] = Now;
        if (network.Ask(this, from, address) is not { } answer)
        {
            return null;
        }

        _asked.Remove(address);
        return _neighbours[address] = answer;
    }

    /// <summary>A neighbour says where it is: whoever knows of it takes its word.</summary>
    public void Hear(IPAddress address, MacAddress at)
    {
        if (_neighbours.ContainsKey(address))
        {
            _neighbours[address] = at;
        }
    }

    /// <summary>Too much has gone there without an answer.</summary>
    public void Doubt(IPAddress address) => _neighbours.Remove(address);
}
