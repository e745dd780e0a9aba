using System.Net;
using Torture.Protocol.EndpointMapper;

namespace Torture.Suites.Rpc.EndpointMapper;

/// <summary>ept_map, by which a witness client finds the port ([MS-RPCE] 2.2.1.2.5, [C706] appendix O).</summary>
public sealed class Map : Suite
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Any, 0);

    [Test, Verifies(Rpce.MapFindsInterface, Rpce.MapReturnsUsableEndpoint, Swn.EndpointFromMapper, Swn.OverTcpOnly)]
    public async Task TheWitnessIsFoundAndUsable()
    {
        var response = await AskAsync(Tower.Build(SyntaxId.Witness, Anywhere));

        Check.That(Rpce.MapFindsInterface, response.Status, EptStatus.ept_s_ok);
        Check.That(Swn.OverTcpOnly, response.Towers.All(tower => tower.IsTcp), true);
        var port = response.Towers[0].Port!.Value;
        var bound = await TryConnectAsync(Node, ConnectOptions.Default with { Port = port });
        await using var witness = bound.Connection;
        Check.That(Rpce.MapReturnsUsableEndpoint, bound.Status, Outcome.Success);
        var list = witness is null ? null : await witness.GetInterfaceListAsync();
        Check.That(Swn.EndpointFromMapper, list?.Status ?? bound.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Rpce.MapFindsInterface, Ctdb.OwnerServesAddress)]
    public async Task TheWitnessIsFoundOnPublicAddressesToo()
    {
        foreach (var address in Cluster.PublicAddresses)
        {
            var response = await AskAsync(Tower.Build(SyntaxId.Witness, Anywhere), at: address.Address);
            Check.That(Rpce.MapFindsInterface, response.Status, EptStatus.ept_s_ok);
            await using var witness = await ConnectAsync(
                address, ConnectOptions.Default with { Port = response.Towers[0].Port });
            var list = await witness.GetInterfaceListAsync();

            // Whoever hosts the address says so: it is no witness for it.
            Check.Holds(
                Ctdb.OwnerServesAddress, list,
                r => r.Interfaces.Any(entry =>
                    (entry.IPv4.Equals(address.Address) || entry.IPv6.Equals(address.Address))
                    && !entry.Flags.HasFlag(InterfaceFlags.INTERFACE_WITNESS)),
                $"{address} without INTERFACE_WITNESS");
        }
    }

    [Test, Verifies(Rpce.TowerLayout, Swn.InterfaceUuid, Swn.InterfaceVersion)]
    public async Task TheTowerHasFiveFloorsAnd75Bytes()
    {
        var tower = (await AskAsync(Tower.Build(SyntaxId.Witness, Anywhere))).Towers[0];

        Check.That(Rpce.TowerLayout, tower.Floors.Length, 5);
        Check.That(Rpce.TowerLayout, tower.Length, 75);
        Check.Holds(
            Rpce.TowerLayout,
            tower.Address is { } told && (told.Equals(Node.Address) || !told.Equals(Reversed(Node.Address))),
            "an address in network order", $"{tower.Address}");
        Check.That(Swn.InterfaceUuid, tower.Interface!.Value.Uuid, SyntaxId.Witness.Uuid);
        Check.That(Swn.InterfaceVersion, tower.Interface, SyntaxId.Witness);
    }

    [Test, Verifies(Rpce.MapIgnoresAddress)]
    public async Task AddressAndPortOfTheQueryCountForNothing()
    {
        var response = await AskAsync(
            Tower.Build(SyntaxId.Witness, new IPEndPoint(IPAddress.Parse("192.0.2.77"), 4711)));

        Check.That(Rpce.MapIgnoresAddress, response.Status, EptStatus.ept_s_ok);
    }

    [Test, Verifies(Rpce.MapVersionCompatible)]
    public async Task AnOlderMinorVersionIsFound()
    {
        var response = await AskAsync(Tower.Build(SyntaxId.Witness with { Minor = 0 }, Anywhere));

        Check.That(Rpce.MapVersionCompatible, response.Status, EptStatus.ept_s_ok);
    }

    [TestCase((ushort)1, (ushort)2, TestName = "NewerMinorVersionIsNotFound")]
    [TestCase((ushort)2, (ushort)1, TestName = "OtherMajorVersionIsNotFound")]
    [TestCase((ushort)0, (ushort)0, TestName = "VersionZeroIsNotFound")]
    [Verifies(Rpce.MapVersionCompatible)]
    public async Task OtherVersion(ushort major, ushort minor)
    {
        var response = await AskAsync(Tower.Build(new SyntaxId(SyntaxId.Witness.Uuid, major, minor), Anywhere));

        Check.That(Rpce.MapVersionCompatible, response.Status, EptStatus.ept_s_not_registered);
    }

    [Test, Verifies(Rpce.MapNotRegistered)]
    public async Task AnUnknownInterfaceIsAStatusNotAFault()
    {
        var unknown = new SyntaxId(new Guid("deadbeef-0bad-4bad-8bad-0123456789ab"), 1, 0);

        await using var mapper = await BindMapperAsync(Node.Address);
        var reply = await mapper.CallAsync(
            (ushort)EndpointMapperOperation.ept_map, Question(mapper, Tower.Build(unknown, Anywhere), maxTowers: 4));

        Check.That(Rpce.MapNotRegistered, reply, r => r.Status, ERROR_SUCCESS);
        if (!reply.Stub.IsEmpty)
        {
            var response = EndpointMapperCodec.DecodeMapResponse(reply.Stub.Span, mapper.Syntax);
            Check.That(Rpce.MapNotRegistered, response.Status, EptStatus.ept_s_not_registered);
            Check.That(Rpce.MapNotRegistered, response.Towers.Length, 0);
            Check.That(Rpce.MapNotRegistered, response.EntryHandle, ContextHandle.Null);
        }
    }

    [Test, Verifies(Rpce.MapObeysMaxTowers)]
    public async Task NoMoreTowersThanAskedFor()
    {
        var response = await AskAsync(Tower.Build(SyntaxId.Witness, Anywhere), maxTowers: 1);

        Check.That(Rpce.MapObeysMaxTowers, response.Towers.Length, 1);
    }

    [Test, Verifies(Rpce.MapNullTower, House.StaysUp)]
    public async Task NoTowerAtAll()
    {
        await using var mapper = await BindMapperAsync(Node.Address);
        var stub = Question(mapper, tower: null, maxTowers: 4);

        var reply = await mapper.CallAsync((ushort)EndpointMapperOperation.ept_map, stub);

        Check.Holds(
            Rpce.MapNullTower, reply, r => r.Status.Kind == OutcomeKind.Status || r.Status.Kind == OutcomeKind.Fault,
            "a status or a fault");
        Check.That(
            Rpce.MapNullTower,
            !reply.Stub.IsEmpty && EndpointMapperCodec.DecodeMapResponse(reply.Stub.Span, mapper.Syntax)
                .Status == EptStatus.ept_s_ok,
            false);
        var again = await AskAsync(Tower.Build(SyntaxId.Witness, Anywhere));
        Check.That(House.StaysUp, again.Status, EptStatus.ept_s_ok);
    }

    [Test, Verifies(Rpce.MapperWithoutAuthentication)]
    public async Task NobodyNeedsToLogOn()
    {
        // Every question of these cases is asked without a log-on.
        await using var mapper = await BindMapperAsync(Node.Address);
        var question = Question(mapper, Tower.Build(SyntaxId.Witness, Anywhere), maxTowers: 4);

        var reply = await mapper.CallAsync((ushort)EndpointMapperOperation.ept_map, question);

        Check.That(Rpce.MapperWithoutAuthentication, reply, r => r.Status, ERROR_SUCCESS);
    }

    [TestCase((ushort)0, TestName = "{m}_ept_insert")]
    [TestCase((ushort)1, TestName = "{m}_ept_delete")]
    [TestCase((ushort)5, TestName = "{m}_ept_inq_object")]
    [TestCase((ushort)6, TestName = "{m}_ept_mgmt_delete")]
    [Verifies(Rpce.MapperMethodsRefused)]
    public async Task RemoteMethodIsRefused(ushort opnum)
    {
        await using var mapper = await BindMapperAsync(Node.Address);

        var reply = await mapper.CallAsync(opnum, new byte[32]);

        Check.That(
            Rpce.MapperMethodsRefused, reply, r => r.Status, RpcFault.nca_op_rng_error,
            tolerated: [RpcFault.EPT_S_CANT_PERFORM_OP, RpcFault.RPC_S_ACCESS_DENIED, RpcFault.RPC_X_BAD_STUB_DATA]);
    }

    private Node Node => Cluster.Nodes[0];

    private async Task<EptMapResponse> AskAsync(Tower tower, uint maxTowers = 4, IPAddress? at = null)
    {
        await using var mapper = await BindMapperAsync(at ?? Node.Address);
        var reply = await mapper.CallAsync(
            (ushort)EndpointMapperOperation.ept_map, Question(mapper, tower, maxTowers));
        return EndpointMapperCodec.DecodeMapResponse(reply.Stub.Span, mapper.Syntax);
    }

    private static byte[] Question(RpcConnection mapper, Tower? tower, uint maxTowers) => EndpointMapperCodec.Encode(
        new EptMapRequest(null, tower, ContextHandle.Null, maxTowers), mapper.Syntax);

    private static IPAddress Reversed(IPAddress address) => new([.. Enumerable.Reverse(address.GetAddressBytes())]);
}
