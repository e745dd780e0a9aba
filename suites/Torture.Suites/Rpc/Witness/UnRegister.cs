using Torture.Protocol.Ndr;

namespace Torture.Suites.Rpc.Witness;

/// <summary>WitnessrUnRegister ([MS-SWN] 3.1.4.3).</summary>
public sealed class UnRegister : Suite
{
    [Test, Verifies(Swn.UnRegisterRemoves, Swn.UnRegisterFindsByKey, Swn.UnRegisterMethod)]
    public async Task RemovesTheRegistration()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var registered = await witness.RegisterAsync(Valid.Register(Cluster, Client));

        var reply = await witness.UnRegisterAsync(registered.Handle);

        Check.That(Swn.UnRegisterRemoves, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.UnRegisterFindsByKey, reply, r => r.Status, ERROR_SUCCESS);
        var notify = await witness.AsyncNotifyAsync(registered.Handle);
        Check.That(Swn.UnRegisterMethod, notify, r => r.Status, ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.UnRegisterFindsByKey)]
    public async Task RemovesOnlyTheOneWithThisKey()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var first = await witness.RegisterAsync(Valid.Register(Cluster, Client));
        var second = await witness.RegisterAsync(Valid.Register(Cluster, Client));

        await witness.UnRegisterAsync(first.Handle);

        var reply = await witness.UnRegisterAsync(second.Handle);
        Check.That(Swn.UnRegisterFindsByKey, reply, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.UnRegisterTwice, Swn.UnRegisterUnknownHandle)]
    public async Task TwiceIsAMethodError()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var registered = await witness.RegisterAsync(Valid.Register(Cluster, Client));
        await witness.UnRegisterAsync(registered.Handle);

        var reply = await witness.UnRegisterAsync(registered.Handle);

        Check.Holds(
            Swn.UnRegisterTwice, reply, r => r.Status.Kind == OutcomeKind.Status && !r.Status.IsSuccess,
            "an error of the method");
        Check.That(
            Swn.UnRegisterUnknownHandle, reply, r => r.Status, ERROR_INVALID_PARAMETER, tolerated: ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.UnRegisterUnknownHandle)]
    public async Task TwiceForRegisterExToo()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var registered = await witness.RegisterExAsync(Valid.RegisterEx(Cluster, Client));
        await witness.UnRegisterAsync(registered.Handle);

        var reply = await witness.UnRegisterAsync(registered.Handle);

        Check.That(
            Swn.UnRegisterUnknownHandle, reply, r => r.Status, ERROR_INVALID_PARAMETER, tolerated: ERROR_NOT_FOUND);
    }

    /// <summary>A server that keeps one of a hundred is full one day.</summary>
    [Test, Verifies(House.ChurnLeaksNothing), Needs(Capability.ObserveRegistrations)]
    public async Task AHundredTimesLeavesNothing()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        for (var count = 0; count < 100; count++)
        {
            var registered = await witness.RegisterAsync(Valid.Register(Cluster, Client));
            await witness.UnRegisterAsync(registered.Handle);
        }

        var seen = await Cluster.ObserveAsync(Deadline);
        Check.That(
            House.ChurnLeaksNothing,
            seen.Of(Cluster.Nodes[0]).Registrations.Count(known => known.ClientName == Client.Name), 0);
    }

    [Test, Verifies(Rpce.HandleValidInGroup)]
    public async Task HandleWorksOnAnotherConnectionOfItsGroup()
    {
        await using var first = await ConnectAsync(Cluster.Nodes[0]);
        var registered = await first.RegisterAsync(Valid.Register(Cluster, Client));
        await using var second = await ConnectAsync(
            Cluster.Nodes[0], ConnectOptions.Default with { AssociationGroup = first.AssociationGroup });

        var reply = await second.UnRegisterAsync(registered.Handle);

        Check.That(Rpce.HandleValidInGroup, reply, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.UnRegisterStatuses, Swn.StatusFromErref)]
    public async Task OnlyDocumentedStatusesAreReturned()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var registered = await witness.RegisterAsync(Valid.Register(Cluster, Client));

        var first = await witness.UnRegisterAsync(registered.Handle);
        var second = await witness.UnRegisterAsync(registered.Handle);

        Check.That(Swn.UnRegisterStatuses, first, r => r.Status, ERROR_SUCCESS);
        Check.Holds(
            Swn.UnRegisterStatuses, second,
            r => r.Status == ERROR_NOT_FOUND || Documented.Statuses.Contains(r.Status), Documented.InWords);
        // The table was not changed when the text was (A6).
        Check.That(
            Swn.StatusFromErref, second, r => r.Status, ERROR_INVALID_PARAMETER, tolerated: ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.ContextHandle)]
    public async Task HandleTakes20BytesEachWay()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var stub = WitnessCodec.Encode(Valid.Register(Cluster, Client), NdrSyntax.Ndr20);

        var registered = await witness.CallAsync((ushort)WitnessOperation.WitnessrRegister, stub);
        Check.That(Swn.ContextHandle, registered, r => r.Stub.Length, 24);

        var reply = await witness.CallAsync((ushort)WitnessOperation.WitnessrUnRegister, registered.Stub[..20]);
        Check.That(Swn.ContextHandle, reply, r => r.Stub.Length, 4);
    }
}
