using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Targets.Containers.Engine;

namespace Torture.SelfTests.Containers;

/// <summary>A network of ours takes nothing over that the engine or the host uses.</summary>
[CancelAfter(30_000)]
public sealed class AddressRangeTests
{
    [TestCase(0, "172.31.0.0/24", "fd77:c0de::/64")]
    [TestCase(255, "172.31.255.0/24", "fd77:c0de:ff::/64")]
    [TestCase(256, "10.231.0.0/24", "fd77:c0de:100::/64")]
    [TestCase(511, "10.231.255.0/24", "fd77:c0de:1ff::/64")]
    public void NumbersHaveRangesOfTheirOwn(int number, string subnet, string subnet6)
    {
        var range = new AddressRange(number);

        (range.Subnet.ToString(), range.Subnet6.ToString()).Should().Be((subnet, subnet6));
        range.Subnet.Contains(range.Address(254)).Should().BeTrue();
        range.Subnet6.Contains(range.Address6(254)).Should().BeTrue();
        range.Bridge.Length.Should().BeLessThan(16);
    }

    [TestCase("172.31.9.0/24", true)]
    [TestCase("172.16.0.0/12", true)]
    [TestCase("172.31.9.128/25", true)]
    [TestCase("fd77:c0de:9::1/128", true)]
    [TestCase("fd00::/8", true)]
    [TestCase("172.31.8.0/24", false)]
    [TestCase("fd77:9::/64", false)]
    public void OverlapsAreSeen(string other, bool overlaps) =>
        new AddressRange(9).Overlaps(IPNetwork.Parse(other)).Should().Be(overlaps);

    [TestCase("eth0\t00091FAC\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0", "172.31.9.0/24")]
    [TestCase("eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0", null)]
    [TestCase("Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU", null)]
    [TestCase("", null)]
    public void RoutesAreRead(string line, string? expected) =>
        (HostRoutes.Parse(line)?.ToString()).Should().Be(expected);

    [TestCase("fd77c0de000900000000000000000000 40 00000000000000000000000000000000 00 ...", "fd77:c0de:9::/64")]
    [TestCase("00000000000000000000000000000000 00 00000000000000000000000000000000 00 ...", null)]
    [TestCase("zz77c0de000900000000000000000000 40", null)]
    [TestCase("short 40", null)]
    public void RoutesOfIpv6AreRead(string line, string? expected) =>
        (HostRoutes.Parse6(line)?.ToString()).Should().Be(expected);

    [Test]
    public async Task ARangeThatSomebodyTookInBetweenIsPassedOver()
    {
        await using var fake = new FakeEngine();
        var refused = new List<string>();
        fake.Answers("GET /v1.41/networks", 200, "[]");
        fake.Does("POST /v1.41/networks/create", async (request, stream) =>
        {
            refused.Add(request.Body);
            await (refused.Count < 3
                ? FakeEngine.AnswerAsync(stream, 403, """{"message":"Pool overlaps with other one"}""")
                : FakeEngine.AnswerAsync(stream, 201, """{"Id":"w1"}"""));
        });
        using var engine = await fake.ConnectAsync();

        var network = await RunNetwork.CreateAsync(engine, "private", default);

        refused.Should().HaveCount(3).And.OnlyHaveUniqueItems();
        refused[^1].Should().Contain($"\"{network.Range.Subnet}\"");
        network.Network.Name.Should().Be($"torture-{fake.Mark.Key}-private");
    }

    [Test]
    public async Task WhereAllIsTakenPeopleReadIt()
    {
        await using var fake = new FakeEngine();
        fake.Answers("GET /v1.41/networks", 200, """
            [{"Name":"a","IPAM":{"Config":[{"Subnet":"172.31.0.0/16"},{"Subnet":"10.0.0.0/8"}]}},
             {"Name":"host","IPAM":{"Config":null}},{"Name":"odd","IPAM":{"Config":[{"Subnet":"who knows"}]}}]
            """);
        using var engine = await fake.ConnectAsync();

        var create = () => RunNetwork.CreateAsync(engine, "private", default);

        (await create.Should().ThrowAsync<EngineException>()).WithMessage("no range is free for network private: *");
    }
}
