namespace Torture.Suites.Notify;

/// <summary>WitnessrGetInterfaceList while no interface is available ([MS-SWN] 3.1.4.1, 3.1.6.1).</summary>
[Needs(Capability.ChangeResource), BreaksCluster]
public sealed class AllUnavailable : Suite
{
    [Test, Verifies(Swn.WaitsForAvailableInterface, Swn.InterfaceEventWakes)]
    public async Task TheListWaitsForTheFirstAvailableInterface()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        await using var outages = await AllDownAsync();

        var waiting = witness.GetInterfaceListAsync();
        Check.That(Swn.WaitsForAvailableInterface, await ComesWithinSilenceAsync(waiting), false);
        await outages.HealOneAsync();

        Check.That(Swn.InterfaceEventWakes, await waiting, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.InterfaceEventWakes)]
    public async Task AllWaitingCallersAreWoken()
    {
        await using var first = await ConnectAsync(Cluster.Nodes[0]);
        await using var second = await ConnectAsync(Cluster.Nodes[0]);
        await using var outages = await AllDownAsync();
        Task<InterfaceListReply>[] waiting =
            [first.GetInterfaceListAsync(), first.GetInterfaceListAsync(), second.GetInterfaceListAsync()];
        await ComesWithinSilenceAsync(Task.WhenAny(waiting));

        await outages.HealOneAsync();

        foreach (var reply in await Task.WhenAll(waiting))
        {
            Check.That(Swn.InterfaceEventWakes, reply, r => r.Status, ERROR_SUCCESS);
        }
    }

    [Test, Verifies(Swn.WaitsForAvailableInterface, Swn.PendingNotifyHoldsUpNothing)]
    public async Task OtherCallsAreServedMeanwhile()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        await using var outages = await AllDownAsync();
        var waiting = witness.GetInterfaceListAsync();

        var registered = await witness.RegisterExAsync(
            Cluster.NetName, null, Cluster.PublicAddresses[0].ToString(), Client.Name);

        Check.That(Swn.PendingNotifyHoldsUpNothing, registered, r => r.Status.Kind, OutcomeKind.Status);
        Check.That(Swn.WaitsForAvailableInterface, waiting.IsCompleted, false);
        await outages.HealOneAsync();
        await waiting;
    }

    private async Task<Outages> AllDownAsync()
    {
        var outages = new Outages();
        foreach (var address in Cluster.PublicAddresses)
        {
            outages.Add(await Nemesis.InjectAsync(new ChangeResource(address, InterfaceState.UNAVAILABLE)));
        }

        return outages;
    }

    private sealed class Outages : IAsyncDisposable
    {
        private readonly Stack<IOutage> _open = [];

        public void Add(IOutage outage) => _open.Push(outage);

        public Task HealOneAsync() => _open.Pop().HealAsync();

        public async ValueTask DisposeAsync()
        {
            while (_open.TryPop(out var outage))
            {
                await outage.DisposeAsync();
            }
        }
    }
}
