using Torture.Protocol.Ndr;

namespace Torture.Suites.Rpc.Witness;

/// <summary>WitnessrUnRegisterEx, which no other public suite knows ([MS-SWN] 3.1.4.6, since revision 14.0).</summary>
[Needs(Capability.UnRegisterEx)]
public sealed class UnRegisterEx : Suite
{
    [Test, Verifies(Swn.UnRegisterExRemoves, Swn.UnRegisterExMethod, Swn.ContextHandleReference)]
    public async Task RemovesTheRegistrationAndTheHandle()
    {
        await using var registered = await RegisterAsync();
        var witness = registered.Connection;

        var reply = await witness.UnRegisterExAsync(registered.Handle);

        Check.That(Swn.UnRegisterExMethod, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.UnRegisterExRemoves, reply, r => r.Handle, ContextHandle.Null);
        Check.Holds(
            Swn.ContextHandleReference, reply, r => r.Status.IsSuccess && r.Handle.IsNull, "the null handle");
        var notify = await witness.AsyncNotifyAsync(registered.Handle);
        Check.That(Swn.UnRegisterExRemoves, notify, r => r.Status, ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.UnRegisterExRemoves)]
    public async Task RemovesAVersion1RegistrationToo()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var registered = await witness.RegisterAsync(Valid.Register(Cluster, Client));

        var reply = await witness.UnRegisterExAsync(registered.Handle);

        Check.That(Swn.UnRegisterExRemoves, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.UnRegisterExRemoves, reply, r => r.Handle, ContextHandle.Null);
    }

    [Test, Verifies(Swn.UnRegisterExUnknownHandle)]
    public async Task TwiceIsAnInvalidParameter()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var registered = await witness.RegisterExAsync(Valid.RegisterEx(Cluster, Client));
        await witness.UnRegisterExAsync(registered.Handle);

        var reply = await witness.UnRegisterExAsync(registered.Handle);

        Check.That(Swn.UnRegisterExUnknownHandle, reply, r => r.Status, ERROR_INVALID_PARAMETER);
    }

    [Test, Verifies(Swn.UnRegisterExStatuses)]
    public async Task OnlyDocumentedStatusesAreReturned()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var registered = await witness.RegisterExAsync(Valid.RegisterEx(Cluster, Client));

        var first = await witness.UnRegisterExAsync(registered.Handle);
        var second = await witness.UnRegisterExAsync(registered.Handle);

        Check.That(Swn.UnRegisterExStatuses, first, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.UnRegisterExStatuses, second, r => r.Status, ERROR_INVALID_PARAMETER);
    }

    [Test, Verifies(Swn.UnRegisterExMethod)]
    public async Task ReplyIsAHandleAndAStatus()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var registered = await witness.RegisterExAsync(Valid.RegisterEx(Cluster, Client));
        var stub = WitnessCodec.Encode(new HandleRequest(registered.Handle), NdrSyntax.Ndr20);

        var reply = await witness.CallAsync((ushort)WitnessOperation.WitnessrUnRegisterEx, stub);

        Check.That(Swn.UnRegisterExMethod, reply, r => r.Stub.Length, 24);
    }
}
