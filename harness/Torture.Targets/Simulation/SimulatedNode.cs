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
    private readonly ControlServer _server;
    private readonly List<TaskCompletionSource<ControlResponse>> _asked = [];

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
        _server = new ControlServer(_node);
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

    /// <summary>
    /// A question as over its control port, without a connection and its bytes: whoever watches a cluster asks every
    /// few milliseconds. It comes after a while, the node answers when it comes to it, and that takes a while again.
    /// </summary>
    /// <exception cref="IOException">The node is gone, or went before it answered.</exception>
    public async Task<ControlResponse> AskAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Party.IsGone)
        {
            throw new IOException($"the control port of {_node.Self.Name} does not answer");
        }

        var answer = new TaskCompletionSource<ControlResponse>();
        _asked.Add(answer);
        try
        {
            _control.After(() => Party.Post(_ => AnswerAsync(), null));
            return await answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _asked.Remove(answer);
        }

        async void AnswerAsync()
        {
            var response = await _server.ExecuteAsync(request);
            _control.After(() => answer.TrySetResult(response));
        }
    }

    /// <summary>Whoever has asked it hears no more than that.</summary>
    public void End()
    {
        Party.End();
        foreach (var asked in _asked.ToList())
        {
            asked.TrySetException(new IOException($"{_node.Self.Name} closed its control port"));
        }
    }

    private async Task ServeControlAsync(MemoryListener listener)
    {
        while (true)
        {
            _ = ServeAsync(await listener.AcceptAsync(CancellationToken.None));
        }
    }

    private async Task ServeAsync(NodeConnection connection)
    {
        try
        {
            await using (connection)
            {
                await _server.ServeAsync(connection.Stream, CancellationToken.None);
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _log($"control: {ended.Message}");
        }
    }
}
