using System.Net;
using Torture.ReferenceServer.Failover;
using Torture.Targets.Simulation;

namespace Torture.SelfTests.Simulation;

/// <summary>A connection of a world's case to itself.</summary>
internal static class Pair
{
    public static readonly IPAddress Client = IPAddress.Parse("10.77.0.130");
    public static readonly IPEndPoint Server = IPEndPoint.Parse("10.77.0.31:445");

    public static async Task<(MemorySocket Here, NodeConnection There)> OpenAsync(World world, Party? server = null)
    {
        var listener = world.Network.Listen(server ?? world.Case, Server);
        var accepted = listener.AcceptAsync(CancellationToken.None);
        var here = await world.Network.ConnectAsync(world.Case, Client, Server, CancellationToken.None);
        return (here, await accepted);
    }
}
