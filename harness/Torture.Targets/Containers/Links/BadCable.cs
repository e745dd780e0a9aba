using System.Security.Cryptography;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.Targets.Containers.Links;

/// <summary>
/// A cable of ours between a node's port of a bridge and the bridge. The port is disabled meanwhile, and a tap, which
/// goes with the cable, stands in for it.
/// </summary>
internal sealed class BadCable : IDisposable
{
    private const string Disabled = "0";
    private const string Forwarding = "3";

    private readonly string _port;
    private readonly Cable _cable;

    private BadCable(string port, Cable cable) => (_port, _cable) = (port, cable);

    /// <param name="port">The end of the node's link that is in the bridge.</param>
    /// <exception cref="TargetUnusableException">The kernel says no.</exception>
    public static BadCable Insert(string port, string bridge, LinkFault fault, int seed)
    {
        var others = CableEnd.NewTap();
        File.WriteAllText($"/proc/sys/net/ipv6/conf/{others.Name}/disable_ipv6", "1");
        // A bridge without an address of its own would take that of the lowest of its ports.
        var address = "fe:" + BitConverter.ToString(RandomNumberGenerator.GetBytes(5)).Replace('-', ':');
        HostCommand.Require("ip", "link", "set", others.Name, "address", address, "master", bridge);
        var bad = new BadCable(port, new Cable(CableEnd.OfLink(port), others, fault, seed));
        try
        {
            bad.StandIn(others.Name);
            return bad;
        }
        catch
        {
            bad.Dispose();
            throw;
        }
    }

    /// <summary>Also where the node has ended, and its link with it.</summary>
    public void Dispose()
    {
        _cable.Dispose();
        HostCommand.RequireWhere(_port, "bridge", "link", "set", "dev", _port, "state", Forwarding);
    }

    private void StandIn(string tap)
    {
        HostCommand.Require("bridge", "link", "set", "dev", _port, "state", Disabled);
        // The bridge has learned the node to be there. Not by ip: that would enable the port again.
        File.WriteAllText($"/sys/class/net/{_port}/brport/flush", "1");
        HostCommand.Require("ip", "link", "set", tap, "up");
    }
}
