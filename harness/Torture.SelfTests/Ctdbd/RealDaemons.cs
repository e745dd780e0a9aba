using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Ctdb;
using Torture.Protocol.Rpc;
using Torture.Protocol.Smb2;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Control;

namespace Torture.SelfTests.Ctdbd;

/// <summary>Clients and witness servers on real daemons. Each test leaves the cluster as all nodes well.</summary>
[NonParallelizable]
[CancelAfter(90_000)]
public sealed class RealDaemons
{
    [Test]
    public async Task EveryClientSeesTheCluster(CancellationToken cancellationToken)
    {
        var ctdb = await RealClusters.ReadyAsync(cancellationToken);
        foreach (var (index, name) in ctdb.Nodes.Index())
        {
            await using var client = await ctdb.ConnectAsync(name, cancellationToken);

            (await client.GetNumberAsync(cancellationToken)).Should().Be((uint)index);
            (await client.GetNodeMapAsync(cancellationToken)).Should().Equal(Enumerable.Range(0, 3).Select(i =>
                new CtdbNode((uint)i, CtdbNodeFlags.None, new IPEndPoint(RealCtdb.PrivateOf(i), 4379))));
            (await client.GetCapabilitiesAsync(cancellationToken))
                .Should().HaveFlag(CtdbCapabilities.RECMASTER).And.HaveFlag(CtdbCapabilities.LMASTER);
            (await client.GetVnnMapAsync(cancellationToken)).Numbers.Should().Equal(0u, 1u, 2u);
            (await client.GetTunableAsync("KeepaliveInterval", cancellationToken)).Should().Be(5);
            (await client.GetPublicAddressesAsync(cancellationToken)).Select(entry => entry.Address)
                .Should().BeEquivalentTo(ctdb.Addresses);
            await client.Invoking(c => c.GetRunStateAsync(cancellationToken, node: 77))
                .Should().ThrowAsync<CtdbRefusedException>()
                .WithMessage("*to node 77: status -1, \"*disconnected node\"");
        }
    }

    [Test]
    public async Task EveryClientHearsOfADisabledNode(CancellationToken cancellationToken)
    {
        var ctdb = await RealClusters.ReadyAsync(cancellationToken);
        await using var ears = await Ears.OfAllAsync(ctdb, cancellationToken);
        var lost = (await ears.Clients[0].GetPublicAddressesAsync(cancellationToken))
            .First(entry => entry.Owner == 0).Address;

        await ears.Clients[0].CommandAsync(CtdbControl.DISABLE_NODE, cancellationToken);
        AskForRun(ears.Clients[0]);

        await ears.UntilAsync(0, CtdbSrvid.IPREALLOCATED, cancellationToken);
        await ears.UntilAsync(1, CtdbSrvid.IPREALLOCATED, cancellationToken);
        await ears.UntilAsync(2, CtdbSrvid.IPREALLOCATED, cancellationToken);
        var map = await ears.Clients[2].GetNodeMapAsync(cancellationToken);
        map[0].Flags.Should().Be(CtdbNodeFlags.PERMANENTLY_DISABLED);
        var owner = (await ears.Clients[1].GetPublicAddressesAsync(cancellationToken))
            .First(entry => entry.Address.Equals(lost)).Owner;
        owner.Should().BeOneOf(1u, 2u);
        ears.Taken((int)owner).Should().Contain(lost);

        await ears.Clients[0].CommandAsync(CtdbControl.ENABLE_NODE, cancellationToken);
        AskForRun(ears.Clients[0]);
        await ctdb.UntilReadyAsync(cancellationToken);
    }

    [Test]
    public async Task OtherNodesLearnOfConnections(CancellationToken cancellationToken)
    {
        var ctdb = await RealClusters.ReadyAsync(cancellationToken);
        await using var first = await ctdb.ConnectAsync("n1", cancellationToken);
        await using var second = await ctdb.ConnectAsync("n2", cancellationToken);
        var owned = await first.GetPublicAddressesAsync(cancellationToken);
        var (own, other) = (owned.First(entry => entry.Owner == 0), owned.First(entry => entry.Owner == 1));
        var client = IPEndPoint.Parse("10.3.0.1:50001");
        var connection = new CtdbConnection(client, new IPEndPoint(own.Address, 445));

        (await first.AddConnectionAsync(connection, cancellationToken)).Should().BeTrue();
        (await first.AddConnectionAsync(
            connection with { Server = new IPEndPoint(other.Address, 445) }, cancellationToken)).Should().BeFalse();

        (await first.GetTickleListAsync(own.Address, cancellationToken)).Connections.Should().Contain(connection);
        await first.RemoveConnectionAsync(connection, cancellationToken);
        (await first.GetTickleListAsync(own.Address, cancellationToken)).Connections.Should().NotContain(connection);
    }

    [Test]
    public async Task WitnessesOfEveryNodeTellOfAMove(CancellationToken cancellationToken)
    {
        var world = await RealClusters.WitnessesAsync(cancellationToken);
        var address = world.Cluster.PublicAddresses.First(entry => world.OwnerOf(entry) == "n1");
        await using var one = await Hearer.AtAsync(world, "n1", address, cancellationToken);
        await using var two = await Hearer.AtAsync(world, "n2", address, cancellationToken);
        await using var three = await Hearer.AtAsync(world, "n3", address, cancellationToken);

        var moved = await world.Node("n3").ExecuteAsync(
            new ControlRequest(ControlVerb.MoveAddress) { Address = address, Node = "n2" });

        moved.Ok.Should().BeTrue(moved.Error);
        foreach (var hearer in new[] { one, two, three })
        {
            (await hearer.HearAsync(2, cancellationToken)).Should().Equal("n1 UNAVAILABLE", "n2 AVAILABLE");
        }

        var (smb, _) = await world.NegotiateAsync(address, cancellationToken);
        await using (smb)
        {
            (await smb.EchoAsync(cancellationToken)).Outcome.Should().Be(Smb2Outcome.Ok);
        }

        await world.Node("n3").ExecuteAsync(
            new ControlRequest(ControlVerb.MoveAddress) { Address = address, Node = "n1" });
        await world.UntilWellAsync();
    }

    [Test]
    public async Task SmbConnectionsAreKnownToTheDaemon(CancellationToken cancellationToken)
    {
        var world = await RealClusters.WitnessesAsync(cancellationToken);
        var ctdb = await RealClusters.ReadyAsync(cancellationToken);
        var address = world.Cluster.PublicAddresses.First(entry => world.OwnerOf(entry) == "n2");
        await using var client = await ctdb.ConnectAsync("n2", cancellationToken);

        var (smb, from) = await world.NegotiateAsync(address, cancellationToken);
        await using (smb)
        {
            await UntilAsync(async () => (await KnownAsync()).Any(known => known.Client.Equals(from)));
        }

        await UntilAsync(async () => (await KnownAsync()).All(known => !known.Client.Equals(from)));

        async Task<IReadOnlyList<CtdbConnection>> KnownAsync() =>
            (await client.GetTickleListAsync(address, cancellationToken)).Connections;

        async Task UntilAsync(Func<Task<bool>> holds)
        {
            using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            while (!await holds())
            {
                await ticks.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    [Test]
    public async Task VerbsOfANodeAreSeenByAll(CancellationToken cancellationToken)
    {
        var world = await RealClusters.WitnessesAsync(cancellationToken);

        (await world.Node("n3").ExecuteAsync(new ControlRequest(ControlVerb.Disable))).Ok.Should().BeTrue();

        await world.UntilAsync(
            () => world.Nodes.All(node => node.Engine.Snapshot.Members[2].State == MemberState.Disabled)
                && world.Cluster.PublicAddresses.All(address => world.OwnerOf(address) is "n1" or "n2"),
            "n3 is disabled, and has nothing");
        (await world.Node("n3").ExecuteAsync(new ControlRequest(ControlVerb.Enable))).Ok.Should().BeTrue();
        await world.UntilWellAsync();
    }

    [Test]
    public async Task AKilledDaemonTakesItsNodeOutAndTheNextOneBringsItBack(CancellationToken cancellationToken)
    {
        var world = await RealClusters.WitnessesAsync(cancellationToken);
        var ctdb = await RealClusters.ReadyAsync(cancellationToken);
        var address = world.Cluster.PublicAddresses.First(entry => world.OwnerOf(entry) == "n1");
        await using var other = await Hearer.AtAsync(world, "n3", address, cancellationToken);

        await ctdb.DoAsync("kill", "n1");

        await world.UntilAsync(
            () => world.Node("n1").Engine.Snapshot is { State: MemberState.Disconnected, Held.Count: 0 },
            "n1 serves nothing");
        var heard = await other.HearAsync(2, cancellationToken);
        heard[0].Should().Be("n1 UNAVAILABLE");
        heard[1].Should().BeOneOf("n2 AVAILABLE", "n3 AVAILABLE");
        await ctdb.DoAsync("start", "n1");
        await ctdb.UntilReadyAsync(cancellationToken);
        await world.UntilWellAsync();
    }

    /// <summary>A node that is enabled has nothing until somebody asks: the leader does not by itself.</summary>
    private static void AskForRun(CtdbClient client) => client.Send(
        CtdbNodeNumber.Connected, CtdbSrvid.TAKEOVER_RUN, CtdbCodec.EncodeTakeoverRun(new CtdbTakeoverRun(0, 0)));

    /// <summary>Clients of all daemons, with what they heard.</summary>
    private sealed class Ears : IAsyncDisposable
    {
        private readonly List<CtdbMessage>[] _heard = [[], [], []];
        private readonly SemaphoreSlim _more = new(0);

        public List<CtdbClient> Clients { get; } = [];

        public static async Task<Ears> OfAllAsync(RealCtdb ctdb, CancellationToken cancellationToken)
        {
            var ears = new Ears();
            foreach (var (index, node) in ctdb.Nodes.Index())
            {
                var client = await ctdb.ConnectAsync(node, cancellationToken, message => ears.Hear(index, message));
                ears.Clients.Add(client);
                foreach (var srvid in new[] { CtdbSrvid.RELEASE_IP, CtdbSrvid.TAKE_IP, CtdbSrvid.IPREALLOCATED })
                {
                    await client.RegisterAsync(srvid, cancellationToken);
                }
            }

            return ears;
        }

        public IEnumerable<IPAddress> Taken(int node)
        {
            lock (_heard)
            {
                return [.. _heard[node].Where(message => message.Srvid == CtdbSrvid.TAKE_IP)
                    .Select(message => CtdbCodec.DecodeAddressText(message.Data.Span))];
            }
        }

        public async Task UntilAsync(int node, ulong srvid, CancellationToken cancellationToken)
        {
            while (!Has(node, srvid))
            {
                await _more.WaitAsync(cancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var client in Clients)
            {
                await client.DisposeAsync();
            }
        }

        private bool Has(int node, ulong srvid)
        {
            lock (_heard)
            {
                return _heard[node].Any(message => message.Srvid == srvid);
            }
        }

        private void Hear(int node, CtdbMessage message)
        {
            lock (_heard)
            {
                _heard[node].Add(message);
            }

            _more.Release();
        }
    }

    /// <summary>A client that is registered for an address at a node, by the node's own address.</summary>
    private sealed class Hearer(RpcClient rpc, ContextHandle handle, Task<AsyncNotifyResult> pending) : IAsyncDisposable
    {
        private Task<AsyncNotifyResult> _pending = pending;

        public static async Task<Hearer> AtAsync(
            WitnessesOverCtdb world, string node, IPAddress address, CancellationToken cancellationToken)
        {
            var rpc = await world.BindAsync(world.Cluster.Node(node).Address, cancellationToken);
            var handle = await WitnessesOverCtdb.RegisterAsync(rpc, address, "client");
            return new Hearer(rpc, handle, WitnessesOverCtdb.NotifyAsync(rpc, handle));
        }

        /// <summary>So many changes, whether they come one by one or together.</summary>
        public async Task<IReadOnlyList<string>> HearAsync(int count, CancellationToken cancellationToken)
        {
            var heard = new List<string>();
            while (heard.Count < count)
            {
                var told = await _pending.WaitAsync(cancellationToken);
                _pending = WitnessesOverCtdb.NotifyAsync(rpc, handle);
                told.Response!.MessageType.Should().Be(NotificationKind.RESOURCE_CHANGE_NOTIFICATION);
                heard.AddRange(WitnessBlobs.ReadResourceChanges(told.Response)
                    .Select(change => $"{change.ResourceName} {change.ChangeType}".Replace("RESOURCE_STATE_", "")));
            }

            return heard;
        }

        public ValueTask DisposeAsync() => rpc.DisposeAsync();
    }
}
