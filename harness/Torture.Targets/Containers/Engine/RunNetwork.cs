using System.Net;

namespace Torture.Targets.Containers.Engine;

/// <summary>An internal network in a range that was free.</summary>
internal sealed record RunNetwork(NetworkInfo Network, AddressRange Range)
{
    /// <summary>
    /// Creates it in the first range that neither a network of the engine nor a route of this host has. The engine
    /// refuses a range that another run took in between: then the next one is tried, so that runs never share one.
    /// </summary>
    /// <param name="what">For its name, such as <c>private</c>.</param>
    /// <exception cref="EngineException">None is free, or the engine does not make networks.</exception>
    public static async Task<RunNetwork> CreateAsync(
        IContainerEngine engine, string what, CancellationToken cancellationToken)
    {
        var taken = (await engine.ListNetworksAsync(null, cancellationToken)).SelectMany(network => network.Subnets)
            .Concat(engine.IsLocal ? HostRoutes.Read() : []).ToList();
        EngineException? refused = null;
        var first = Environment.ProcessId * 7 % AddressRange.Count;
        for (var i = 0; i < AddressRange.Count; i++)
        {
            var range = new AddressRange((first + i) % AddressRange.Count);
            if (!taken.Exists(range.Overlaps))
            {
                try
                {
                    return new RunNetwork(
                        await engine.CreateNetworkAsync(SpecOf(engine, what, range), cancellationToken), range);
                }
                catch (EngineException taking) when (taking.Trouble == EngineTrouble.AddressTaken)
                {
                    refused = taking;
                }
            }
        }

        throw new EngineException(
            EngineTrouble.AddressTaken,
            $"no range is free for network {what}: 172.31.0.0/16 and 10.231.0.0/16 are in use: "
            + "`torture cluster down --all` removes what crashed runs left, `docker network prune` unused networks",
            refused);
    }

    public IPAddress Address(int host) => Range.Address(host);

    public IPAddress Address6(int host) => Range.Address6(host);

    private static NetworkSpec SpecOf(IContainerEngine engine, string what, AddressRange range) =>
        new(engine.Mark.NameOf(what), range.Subnet) { Subnet6 = range.Subnet6, Bridge = range.Bridge };
}
