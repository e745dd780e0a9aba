using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Management;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.SelfTests.Rpc;

/// <summary>The endpoint mapper and the management interface, client against server.</summary>
[CancelAfter(20_000)]
public sealed class ServicesTests
{
    private static readonly EndpointRegistration _witness = new(SyntaxId.Witness, 49700, "Witness");

    private static World WithMapper(params EndpointRegistration[] registrations)
    {
        var world = new World();
        var mapper = new EndpointMapperService(new Random(3));
        foreach (var registration in registrations)
        {
            mapper.Register(registration);
        }

        world.Server.AddInterface(mapper);
        return world;
    }

    private static Task<RpcClient> BindAsync(World world, SyntaxId rpcInterface, bool ndr64 = false) =>
        world.BindAsync(new RpcClientOptions
        {
            Interface = rpcInterface,
            TransferSyntaxes = [ndr64 ? SyntaxId.Ndr64 : SyntaxId.Ndr20],
        });

    [Test]
    public async Task MapsToTheAddressThatWasAsked()
    {
        await using var world = WithMapper(_witness);
        var (stream, local, remote) = world.Connect();

        var towers = await EndpointMapperClient.MapAsync(stream, local, remote, SyntaxId.Witness, default);

        towers.Single().Port.Should().Be(49700);
        towers.Single().Address.Should().Be(remote.Address);
        towers.Single().Interface.Should().Be(SyntaxId.Witness);
    }

    [TestCase(1, 1, 1)]
    [TestCase(1, 0, 1)]
    [TestCase(1, 2, 0)]
    [TestCase(2, 0, 0)]
    public async Task VersionsOfTheTower(int major, int minor, int found)
    {
        await using var world = WithMapper(_witness);
        await using var client = await BindAsync(world, SyntaxId.EndpointMapper);
        var asked = new SyntaxId(SyntaxId.Witness.Uuid, (ushort)major, (ushort)minor);

        (await EndpointMapperClient.MapAsync(client, asked, default)).Should().HaveCount(found);
    }

    [Test]
    public async Task MoreThanFitComeInPieces()
    {
        await using var world = WithMapper(
            [.. Enumerable.Range(0, 11).Select(i => new EndpointRegistration(SyntaxId.Witness, 1000 + i))]);
        await using var client = await BindAsync(world, SyntaxId.EndpointMapper);

        var towers = await EndpointMapperClient.MapAsync(client, SyntaxId.Witness, default);

        towers.Select(tower => tower.Port).Should().Equal(Enumerable.Range(1000, 11).Select(port => (int?)port));
    }

    [Test]
    public async Task NotRegisteredIsAnAnswer([Values(0u, 4u)] uint maxTowers)
    {
        await using var world = WithMapper();
        await using var client = await BindAsync(world, SyntaxId.EndpointMapper);
        var tower = Tower.Build(SyntaxId.Witness, new(0, 135));

        var response = await EndpointMapperClient.MapAsync(
            client, new EptMapRequest(null, tower, ContextHandle.Null, maxTowers), default);
        var nothing = await EndpointMapperClient.MapAsync(
            client, new EptMapRequest(null, null, ContextHandle.Null, maxTowers), default);

        response.Should().Be(new EptMapResponse(ContextHandle.Null, maxTowers, [], EptStatus.ept_s_not_registered));
        nothing.Status.Should().Be(EptStatus.ept_s_not_registered);
    }

    [Test]
    public async Task LookupEnumeratesAndFrees([Values] bool ndr64)
    {
        await using var world = WithMapper(_witness, _witness with { Port = 49701 });
        await using var client = await BindAsync(world, SyntaxId.EndpointMapper, ndr64);
        var request = new EptLookupRequest(
            InquiryType.rpc_c_ep_all_elts, null, null, VersionOption.rpc_c_vers_all, ContextHandle.Null, 1);

        var first = await EndpointMapperClient.LookupAsync(client, request, default);
        var second = await EndpointMapperClient.LookupAsync(
            client, request with { EntryHandle = first.EntryHandle }, default);
        var again = await EndpointMapperClient.LookupAsync(client, request, default);
        var freed = await EndpointMapperClient.FreeAsync(client, again.EntryHandle, default);

        first.Entries.Single().Annotation.Should().Be("Witness");
        second.Entries.Single().Tower!.Port.Should().Be(49701);
        second.EntryHandle.IsNull.Should().BeTrue();
        freed.Should().Be(new EptLookupHandleFreeResponse(ContextHandle.Null, EptStatus.ept_s_ok));
        (await FluentActions.Awaiting(() => EndpointMapperClient.FreeAsync(client, again.EntryHandle, default))
            .Should().ThrowAsync<RpcFaultException>())
            .Which.Status.Should().Be(RpcFault.nca_s_fault_context_mismatch);
    }

    [TestCase(0, RpcFault.nca_op_rng_error)]
    [TestCase(1, RpcFault.nca_op_rng_error)]
    [TestCase(3, RpcFault.RPC_X_BAD_STUB_DATA)]
    [TestCase(6, RpcFault.nca_op_rng_error)]
    public async Task OperationsThatAreNotThere(int opnum, RpcFault status)
    {
        await using var world = WithMapper(_witness);
        await using var client = await BindAsync(world, SyntaxId.EndpointMapper);

        var act = () => client.Start((ushort)opnum, default).Response;

        (await act.Should().ThrowAsync<RpcFaultException>()).Which.Status.Should().Be(status);
    }

    [Test]
    public async Task ManagementIsOnEveryServer([Values] bool ndr64)
    {
        await using var world = WithMapper();
        await using var client = await BindAsync(world, SyntaxId.Management, ndr64);

        var ids = await ManagementClient.InqIfIdsAsync(client, default);
        var listening = await ManagementClient.IsServerListeningAsync(client, default);
        var stopped = await ManagementClient.StopServerListeningAsync(client, default);
        var statistics = await ManagementClient.InqStatsAsync(client, 4, default);
        var unknown = await ManagementClient.InqPrincNameAsync(client, new(99, 64), default);
        var small = await ManagementClient.InqPrincNameAsync(client, new(10, 1), default);

        ids.Interfaces!.Value.AsEnumerable().Should().Equal(TestInterface.Syntax, SyntaxId.EndpointMapper);
        listening.Should().Be(new IsServerListeningResponse(0, 1));
        stopped.Status.Should().Be(5);
        statistics.Statistics.AsEnumerable().Should().Equal(4, 0, 5, 4);
        unknown.Status.Should().Be(0x6D3);
        small.Status.Should().Be(0);
        (await FluentActions.Awaiting(() => ManagementClient.InqPrincNameAsync(client, new(10, 0), default))
            .Should().ThrowAsync<RpcFaultException>()).Which.Status.Should().Be(RpcFault.RPC_X_BAD_STUB_DATA);
    }
}
