namespace Torture.Suites.Rpc.Witness;

/// <summary>
/// Both register calls while the shares of the node cannot be enumerated ([MS-SWN] 3.1.4.2, 3.1.4.5).
/// </summary>
[Needs(Capability.FailEnumeration), BreaksCluster]
public sealed class FailedEnumeration : Suite
{
    [Test, Verifies(Swn.ShareEnumerationFails)]
    public async Task RegisterIsAnInvalidState()
    {
        await using var outage = await Nemesis.RequestAsync(new FailEnumeration(Cluster.Nodes[0]));
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterAsync(Valid.Register(Cluster, Client));

        Check.IsRefusal(Swn.ShareEnumerationFails, reply, ERROR_INVALID_STATE);
    }

    [Test, Verifies(Swn.ShareEnumerationFails, Swn.RegisterExNoShares)]
    public async Task RegisterExWithAShareIsAnInvalidState()
    {
        await using var outage = await Nemesis.RequestAsync(new FailEnumeration(Cluster.Nodes[0]));
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterExAsync(
            Valid.RegisterEx(Cluster, Client) with { ShareName = Cluster.Shares[0].Name });

        Check.IsRefusal(Swn.ShareEnumerationFails, reply, ERROR_INVALID_STATE);
        Check.That(Swn.RegisterExNoShares, reply, r => r.Status, ERROR_INVALID_STATE);
    }
}
