using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.ReferenceServer.Control;

namespace Torture.SelfTests.Takeover;

/// <summary>
/// Nodes with real network stacks: addresses come and go in their kernels, and a switch sees what they say of it.
/// </summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class TakeoverOnTheWire
{
    private const int Smb = 445;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private NamespaceCluster _cluster = null!;

    [OneTimeSetUp]
    public async Task UpAsync()
    {
        if (NamespaceNetwork.WhyNot() is { } reason)
        {
            Assert.Ignore(reason);
        }

        _cluster = await NamespaceCluster.UpAsync(null, null, null);
    }

    [OneTimeTearDown]
    public async Task DownAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [TearDown]
    public async Task HealAsync()
    {
        foreach (var node in _cluster.Configuration.Nodes.Select(node => node.Name).ToArray())
        {
            _cluster.Network.Plug(node, isIn: true);
            if (!_cluster.HasProcess(node))
            {
                _cluster.Start(node);
            }

            _cluster.Thaw(node);
        }

        await _cluster.UntilAsync(async () => await _cluster.ObserveAsync("n2") is { Leader: not null }, "led again");
        foreach (var address in _cluster.Configuration.PublicAddresses)
        {
            await _cluster.AskAsync("n2", new ControlRequest(ControlVerb.MoveAddress) { Address = address });
        }

        await _cluster.UntilAsync(_cluster.IsAtHomeAsync, "at home again");
    }

    /// <summary>Nothing tells the clients of a node without power, but its successor.</summary>
    [Test, CancelAfter(180_000)]
    public async Task ANodeLosesItsPower()
    {
        var (address, address6) = AddressesOf("n1");
        var closed = _cluster.Connect(address, Smb);
        ClientSocket[] old =
        [
            _cluster.Connect(address, Smb), _cluster.Connect(address, _cluster.Configuration.Ports.EndpointMapper),
            _cluster.Connect(address, _cluster.Configuration.Ports.Witness),
        ];
        ClientSocket[] old6 = [_cluster.Connect(address6, Smb), _cluster.Connect(address6, Smb)];
        closed.Socket.Dispose();
        await KnownAsync("n1", 5);
        var young = _cluster.Connect(address, Smb);
        var age = await KnownAsync("n1", 6);
        age.Should().BeLessThan(TimeSpan.FromSeconds(1), "peers hear of a connection at once");
        var since = _cluster.Capture.Read(trace => trace.Last!.Value.Frame);

        _cluster.PowerOff("n1");

        await AllAreResetAsync([.. old, .. old6, young]);
        await LooksRightAsync(new ExpectedTakeover(
            address, await NewOwnerAsync(address), since, [.. old.Append(young).Select(client => client.End)],
            [closed.Local]));
        await LooksRightAsync(new ExpectedTakeover(
            address6, await NewOwnerAsync(address6), since, [.. old6.Select(client => client.End)], []));
        _cluster.Capture.Statistics.Dropped.Should().Be(0);
    }

    [Test, CancelAfter(180_000)]
    public async Task TheKernelOfAFrozenNodeLetsGo()
    {
        var (address, address6) = AddressesOf("n2");
        var client = _cluster.Connect(address, Smb);
        await KnownAsync("n2", 1);
        var since = _cluster.Capture.Read(trace => trace.Last!.Value.Frame);

        _cluster.Freeze("n2");

        await AllAreResetAsync([client]);
        var owner = await NewOwnerAsync(address);
        await _cluster.UntilAsync(
            () => !_cluster.Network.Has("n2", address) && !_cluster.Network.Has("n2", address6),
            "a frozen node has no public address");
        await LooksRightAsync(new ExpectedTakeover(address, owner, since, [client.End], []));

        since = _cluster.Capture.Read(trace => trace.Last!.Value.Frame);
        _cluster.Thaw("n2");
        var stale = _cluster.Network.MacOf("n2");
        var seen = await _cluster.SeenAsync(
            trace => trace.Announcements.Any(a => a.At.Frame > since && a.Address.Equals(address)),
            "it goes home");
        seen.Announcements.First(a => a.At.Frame > since && a.Address.Equals(address)).Owner.Should().Be(stale);
        seen.TcpEvents.Should().NotContain(
            e => e.At.Frame > since && e.Sender == stale && e.Source.Address.Equals(address)
                && e.Kind != TcpEventKind.Tickle,
            "what it had open is not its own any more, and is ended without a word");
    }

    [Test, CancelAfter(180_000)]
    public async Task AnAddressIsMoved()
    {
        var (address, _) = AddressesOf("n3");
        var client = _cluster.Connect(address, Smb);
        await KnownAsync("n3", 1);
        var since = _cluster.Capture.Read(trace => trace.Last!.Value.Frame);

        await MoveAsync(address, "n1");

        await AllAreResetAsync([client]);
        var seen = await _cluster.SeenAsync(
            trace => trace.Announcements.Count(a => a.At.Frame > since && a.Address.Equals(address)) >= 6, "announced");
        var reset = seen.TcpEvents.First(
            e => e.At.Frame > since && e.Kind == TcpEventKind.Reset && e.Source.Address.Equals(address));
        reset.Sender.Should().Be(_cluster.Network.MacOf("n3"), "who lets go ends what it has");
        reset.Destination.Should().Be(client.Local);
        seen.Announcements.First(a => a.At.Frame > since && a.Address.Equals(address)).At.Frame
            .Should().BeGreaterThan(reset.At.Frame);
        _cluster.Network.Has("n3", address).Should().BeFalse();
        _cluster.Network.Has("n1", address).Should().BeTrue();
        (await ArpAnswers.AskAsync(_cluster, address)).Should().Equal(_cluster.Network.MacOf("n1"));
    }

    [Test, CancelAfter(180_000)]
    public async Task WhatAKilledNodeHasLeftIsTakenAway()
    {
        _cluster.Kill("n1");
        var (address, address6) = AddressesOf("n1");
        await NewOwnerAsync(address);
        await NewOwnerAsync(address6);
        await _cluster.UntilAsync(
            () => !_cluster.Network.Has("n1", address) && !_cluster.Network.Has("n1", address6),
            "the kernel of a killed node lets go by itself");
        _cluster.Network.Ip("n1", $"address add {address}/24 dev eth1", $"address add {address6}/64 dev eth1 nodad");
        await MoveAsync(address, "n2");
        await MoveAsync(address6, "n2");

        _cluster.Start("n1");

        await _cluster.UntilAsync(
            () => !_cluster.Network.Has("n1", address) && !_cluster.Network.Has("n1", address6),
            "a node that starts takes away what it finds");
    }

    private (IPAddress Address, IPAddress Address6) AddressesOf(string node)
    {
        var addresses = _cluster.Configuration.PublicAddresses;
        var index = _cluster.Configuration.Nodes.ToList().FindIndex(entry => entry.Name == node);
        return (addresses[index], addresses[index + (addresses.Count / 2)]);
    }

    private async Task MoveAsync(IPAddress address, string node)
    {
        var moved = await _cluster.AskAsync(
            "n2", new ControlRequest(ControlVerb.MoveAddress) { Address = address, Node = node });
        moved.Ok.Should().BeTrue(moved.Error);
        await _cluster.UntilAsync(
            async () => await _cluster.OwnerOfAsync(address) == node, $"{address} is moved to {node}");
    }

    /// <summary>How long it took until all peers of a node knew of so many connections.</summary>
    private async Task<TimeSpan> KnownAsync(string owner, int count)
    {
        var started = TimeProvider.System.GetTimestamp();
        await _cluster.UntilAsync(
            async () =>
            {
                var seen = await Task.WhenAll(
                    _cluster.Running.Where(node => node != owner).Select(_cluster.ObserveAsync));
                return seen.All(node => node?.Counters["knownConnections"] == count);
            },
            $"{count} connections are known");
        return TimeProvider.System.GetElapsedTime(started);
    }

    private static async Task AllAreResetAsync(IReadOnlyList<ClientSocket> clients)
    {
        foreach (var client in clients)
        {
            var read = async () => await client.Socket.ReceiveAsync(new byte[1]).WaitAsync(Soon);
            (await read.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode
                .Should().Be(SocketError.ConnectionReset);
        }
    }

    private async Task<MacAddress> NewOwnerAsync(IPAddress address)
    {
        await _cluster.UntilAsync(async () => await _cluster.OwnerOfAsync(address) is not null, $"{address} is taken");
        return _cluster.Network.MacOf((await _cluster.OwnerOfAsync(address))!);
    }

    private async Task LooksRightAsync(ExpectedTakeover expected)
    {
        var seen = await _cluster.SeenAsync(expected.IsOver, $"the take of {expected.Address} is over");
        expected.Findings(seen).Should().BeEmpty();
    }
}
