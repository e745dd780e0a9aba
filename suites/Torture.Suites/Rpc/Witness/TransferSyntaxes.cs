namespace Torture.Suites.Rpc.Witness;

/// <summary>The same calls in NDR64, which Samba prefers and Windows offers (gap G3).</summary>
[Needs(Capability.Ndr64)]
public sealed class TransferSyntaxes : Suite
{
    private static readonly ConnectOptions Ndr64 = ConnectOptions.Default with { TransferSyntaxes = [SyntaxId.Ndr64] };

    [Test, Verifies(Swn.InterfaceListLayout, Swn.InterfaceInfoLayout)]
    public async Task TheListIsTheSame()
    {
        await using var witness20 = await ConnectAsync(Cluster.Nodes[0]);
        await using var witness64 = await ConnectAsync(Cluster.Nodes[0], Ndr64);

        var expected = await witness20.GetInterfaceListAsync();
        var list = await witness64.GetInterfaceListAsync();

        Check.Holds(Swn.InterfaceListLayout, expected, r => r.Interfaces.Count > 0, "a list of interfaces");
        Check.That(Swn.InterfaceInfoLayout, expected, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.InterfaceListLayout, list, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.InterfaceInfoLayout, list, r => r.Interfaces, expected.Interfaces);
    }

    [TestCase(WitnessVersion.V1, TestName = "{m}_1"), TestCase(WitnessVersion.V2, TestName = "{m}_2")]
    [Verifies(Swn.PointersAndStrings, Swn.ContextHandle)]
    public async Task ARegistrationIsTakenAndEnded(uint version)
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0], Ndr64);

        var reply = version == WitnessVersion.V1
            ? await witness.RegisterAsync(Valid.Register(Cluster, Client))
            : await witness.RegisterExAsync(Valid.RegisterEx(Cluster, Client));

        Check.That(Swn.PointersAndStrings, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.ContextHandle, await witness.UnRegisterAsync(reply.Handle), r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.RegisterExNullParameter)]
    public async Task ANullParameterIsRefused()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0], Ndr64);

        var reply = await witness.RegisterExAsync(Valid.RegisterEx(Cluster, Client) with { IpAddress = null });

        Check.IsRefusal(Swn.RegisterExNullParameter, reply, ERROR_INVALID_PARAMETER);
    }

    [Test, Verifies(Swn.BlobsAreLittleEndian, Swn.NotificationLayout), Needs(Capability.MoveClient)]
    public async Task ANotificationHasTheSameBytes()
    {
        await using var registration20 = await RegisterAsync();
        await using var registration64 = await RegisterAsync(options: Ndr64);
        await using var outage = await Nemesis.InjectAsync(
            new MoveClient(Client.Name, Cluster.PublicAddresses[0].Address));

        var expected = (await registration20.AsyncNotifyAsync()).Response;
        var told = await registration64.AsyncNotifyAsync();

        Check.That(Swn.NotificationLayout, told, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.NotificationLayout, told, r => r.Response, expected);

        // The length of a list of one address: 36, its lowest octet first.
        Check.That(Swn.BlobsAreLittleEndian, told, r => r.Response!.MessageBuffer[0], (byte)36);
    }
}
