using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Running;

namespace Torture.SelfTests.Loopback;

/// <summary>Who holds an address, as connections and events tell it.</summary>
[Parallelizable]
public sealed class AddressesAsClientsSeeThem
{
    [Test]
    public async Task EveryPortOfAHeldAddressAnswers()
    {
        await using var world = await LoopbackWorld.UpAsync();
        using var client = world.Cluster.ClaimClient("test");
        var ports = world.Cluster.Ports;
        foreach (var address in world.Cluster.PublicAddresses)
        {
            foreach (var port in new[] { ports.EndpointMapper, ports.Smb, 49_152 })
            {
                await using var connection = await world.Cluster.ConnectAsync(
                    client.For(address.Address), new IPEndPoint(address.Address, port), CancellationToken.None);
                connection.Local.Address.Should().Be(client.For(address.Address));
            }
        }
    }

    [Test]
    public async Task ClientsOfAStoppedOwnerAreResetByTheTaker()
    {
        await using var world = await LoopbackWorld.UpAsync();
        using var client = world.Cluster.ClaimClient("test");
        var (address, owner) = (world.Cluster.PublicAddresses[1], world.Cluster.Nodes[1]);
        await using var connection = await world.Cluster.ConnectAsync(
            client.Address, new IPEndPoint(address.Address, world.Cluster.Ports.Smb), CancellationToken.None);

        await world.Cluster.ApplyAsync(new PauseNode(owner), CancellationToken.None);

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var read = async () => await connection.Stream.ReadAsync(new byte[1], deadline.Token);
        (await read.Should().ThrowAsync<IOException>()).WithInnerException<SocketException>()
            .Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
    }

    [Test]
    public async Task TellsWhoTakesAndReleasesInOrder()
    {
        await using var world = await LoopbackWorld.UpAsync();
        var heard = new List<ClusterEvent>();
        world.Cluster.Changed += heard.Add;
        var (address, to) = (world.Cluster.PublicAddresses[0], world.Cluster.Nodes[1]);

        await world.Cluster.ApplyAsync(new MoveAddress(address, to), CancellationToken.None);
        await UntilAsync(() => heard.ToArray().OfType<ClusterEvent.AddressTaken>().Any(), "the take is told");

        heard.Where(change => change is ClusterEvent.AddressTaken or ClusterEvent.AddressReleased)
            .Select(change => change.GetType()).Should().Equal(
                typeof(ClusterEvent.AddressReleased), typeof(ClusterEvent.AddressTaken));
    }

    internal static async Task UntilAsync(Func<bool> holds, string what) =>
        _ = await Poll.UntilAsync(
            () => Task.FromResult(holds() ? what : null), TimeSpan.FromSeconds(20), TimeProvider.System, default)
            ?? throw new TimeoutException($"never: {what}");
}
