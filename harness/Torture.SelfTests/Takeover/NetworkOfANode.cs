using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.Node.Kernel;
using Torture.ReferenceServer.Control;

namespace Torture.SelfTests.Takeover;

/// <summary>What a node with a network stack of its own says when something is missing, a line each.</summary>
public sealed class NetworkOfANode
{
    private const string Missing = "run as root; in a container: --cap-add NET_ADMIN --cap-add NET_RAW";

    [TestCase("0000000000003000", null)]
    [TestCase("0000000000002000", "no permission to move addresses: NET_ADMIN missing; " + Missing)]
    [TestCase("0000000000001000", "no permission to move addresses: NET_RAW missing; " + Missing)]
    [TestCase("0000000000000000", "no permission to move addresses: NET_ADMIN and NET_RAW missing; " + Missing)]
    [TestCase("", "no permission to move addresses: NET_ADMIN and NET_RAW missing; " + Missing)]
    public void CapabilitiesAreReadFromTheKernel(string effective, string? reason) =>
        Capabilities.WhyNot(["Name:\ttorture-node", $"CapEff:\t{effective}"]).Should().Be(reason);

    [Test]
    public void NoStatusIsNoCapability() => Capabilities.WhyNot([]).Should().NotBeNull();

    [Test, CancelAfter(60_000)]
    public async Task ANodeWithoutPermissionSaysSo(CancellationToken cancellationToken)
    {
        if (Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv"))
        {
            Assert.Ignore("root cannot give up a capability without setpriv: apt-get install util-linux");
        }

        using var world = new LoneNode(new NetworkSettings());
        string[] prefix = Environment.IsPrivilegedProcess
            ? ["setpriv", "--bounding-set", "-net_admin,-net_raw", "--inh-caps", "-net_admin,-net_raw"]
            : [];
        using var node = world.Run(prefix, "node", "--cluster", world.ClusterFilePath, "--name", LoneNode.Name);

        (await world.EndAsync(node, cancellationToken)).Should().Be(
            (3, $"torture-node: no permission to move addresses: NET_ADMIN and NET_RAW missing; {Missing}"));
    }

    [TestCase("192.0.2.31", "no interface here has the address 192.0.2.31 of node n1")]
    [TestCase("127.0.0.1", "the interface with 127.0.0.1 is no Ethernet: nobody can be told there")]
    [CancelAfter(60_000)]
    public async Task ANodeWithoutItsInterfaceSaysSo(
        string address, string reason, CancellationToken cancellationToken)
    {
        if (NamespaceNetwork.WhyNot() is { } missing)
        {
            Assert.Ignore(missing);
        }

        using var world = new LoneNode(new NetworkSettings(), address);
        using var node = world.Run([], "node", "--cluster", world.ClusterFilePath, "--name", LoneNode.Name);

        (await world.EndAsync(node, cancellationToken)).Should().Be((3, $"torture-node: network: {reason}"));
    }

    [TestCase("{}", null)]
    [TestCase("""{ "prefixLength": 24, "prefixLength6": 64 }""", null)]
    [TestCase("""{ "prefixLength": 0 }""", "f: network: prefixLength 0: 1 to 32")]
    [TestCase("""{ "prefixLength": 33 }""", "f: network: prefixLength 33: 1 to 32")]
    [TestCase("""{ "prefixLength6": 129 }""", "f: network: prefixLength6 129: 1 to 128")]
    [TestCase("""{ "prefixLength": "24" }""", "f: line 1, $.network.prefixLength: *")]
    [TestCase("""{ "prefix": 24 }""", "f: line 1, $*: *prefix*")]
    [TestCase("""{}, "supervisor": "/tmp/s" """, null)]
    public void TheClusterFileIsChecked(string network, string? fault)
    {
        var text = """
            { "name": "c", "netName": "N", "nodes": [{ "name": "n1", "private": "10.0.0.1", "address": "10.0.1.1" }],
            "lock": { "kind": "Lease", "path": "/tmp/l" }, "controlFolder": "/tmp", "network":
            """.ReplaceLineEndings("") + network + "}";
        var parse = () => ClusterFile.Parse(Encoding.UTF8.GetBytes(text), "f");

        if (fault is null)
        {
            parse.Should().NotThrow().Which.Network.Should().NotBeNull();
        }
        else
        {
            parse.Should().Throw<ConfigurationException>().WithMessage(fault);
        }
    }
}
