using System.Net;
using Torture.Mutants;
using Torture.Protocol.Security;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Targets.Simulation;

/// <summary>One life of a node: from its start until it is killed.</summary>
internal sealed class SimulatedNode
{
    private readonly ReferenceNode _node;
    private readonly MemoryNetwork _control;
    private readonly Action<string> _log;

    /// <param name="control">A network of its own that nothing captures.</param>
    public SimulatedNode(
        ClusterConfiguration cluster, NodeEntry self, Party party, MemoryNetwork network, MemoryNetwork control,
        Func<NodeEnvironment, NodeEnvironment> furnish)
    {
        (Party, _control) = (party, control);
        var world = network.World;
        var port = new MemoryPort(network, party);
        var secrets = world.NewRandom();
        var environment = furnish(new NodeEnvironment
        {
            Time = party.Time,
            Random = world.NewRandom(),
            Connector = port,
            Listeners = port,
            Accounts = new NtlmAccountList([]),
            Secrets = bytes => secrets.NextBytes(bytes),
            ProcessId = party.Number,
        });
        _log = environment.Log;
        _node = MutatedNode.Create(cluster.Mutant, cluster, self, environment);
    }

    public Party Party { get; }

    public static IPEndPoint ControlPortOf(NodeEntry node) => new(node.Private, 1);

    /// <exception cref="ConfigurationException">It does not start.</exception>
    public Task StartAsync() => Party.DoAsync(async () =>
    {
        await _node.StartAsync();
        _ = ServeControlAsync(_control.Listen(Party, ControlPortOf(_node.Self)));
        return true;
    });

    private async Task ServeControlAsync(MemoryListener listener)
    {
        var control = new ControlServer(_node);
        while (true)
        {
            _ = ServeAsync(await listener.AcceptAsync(CancellationToken.None), control);
        }
    }

    private async Task ServeAsync(NodeConnection connection, ControlServer control)
    {
        try
        {
            await using (connection)
            {
                await control.ServeAsync(connection.Stream, CancellationToken.None);
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _log($"control: {ended.Message}");
        }
    }
}
