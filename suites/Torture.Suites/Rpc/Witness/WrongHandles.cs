namespace Torture.Suites.Rpc.Witness;

/// <summary>
/// Handles that nobody gave out, and handles of somebody else, in each of the three calls that take one (gap G26). The
/// registration whose handle was misused lives on.
/// </summary>
public sealed class WrongHandles : Suite
{
    private const WitnessOperation Poll = WitnessOperation.WitnessrAsyncNotify;
    private const WitnessOperation End = WitnessOperation.WitnessrUnRegister;
    private const WitnessOperation EndEx = WitnessOperation.WitnessrUnRegisterEx;

    [TestCaseSource(typeof(Handles), nameof(Handles.Kinds))]
    [Verifies(Swn.UnRegisterUnknownHandle, House.StaysUp)]
    public Task UnRegister(string kind) => KindAsync(End, Swn.UnRegisterUnknownHandle, kind);

    [TestCaseSource(typeof(Handles), nameof(Handles.Kinds))]
    [Verifies(Swn.UnRegisterExUnknownHandle, House.StaysUp), Needs(Capability.UnRegisterEx)]
    public Task UnRegisterEx(string kind) => KindAsync(EndEx, Swn.UnRegisterExUnknownHandle, kind);

    [TestCaseSource(typeof(Handles), nameof(Handles.Kinds))]
    [Verifies(Swn.AsyncNotifyUnknownHandle, House.StaysUp)]
    public Task AsyncNotify(string kind) => KindAsync(Poll, Swn.AsyncNotifyUnknownHandle, kind);

    [TestCase(End, TestName = "{m}_UnRegister"), TestCase(Poll, TestName = "{m}_AsyncNotify")]
    [Verifies(Swn.ForeignHandle, Rpce.ContextMismatch, House.PeersAreIsolated)]
    public Task OfAnotherGroup(WitnessOperation operation) => OfAnotherGroupAsync(operation);

    [Test, Needs(Capability.UnRegisterEx)]
    [Verifies(Swn.ForeignHandle, Rpce.ContextMismatch, House.PeersAreIsolated)]
    public Task OfAnotherGroupInUnRegisterEx() => OfAnotherGroupAsync(EndEx);

    [TestCase(End, TestName = "{m}_UnRegister"), TestCase(Poll, TestName = "{m}_AsyncNotify")]
    [Verifies(Swn.ForeignHandle, Ctdb.RegistrationStaysWhereTaken)]
    public async Task OfAnotherNode(WitnessOperation operation)
    {
        await using var registration = await RegisterAsync();
        await using var there = await ConnectAsync(Cluster.Nodes.First(node => node != registration.Node));

        await IsRefusedAsync(Swn.ForeignHandle, operation, there, registration.Handle);

        Check.That(
            Ctdb.RegistrationStaysWhereTaken, await registration.UnRegisterAsync(), r => r.Status, ERROR_SUCCESS);
    }

    private async Task KindAsync(WitnessOperation operation, string requirement, string kind)
    {
        await using var registration = await RegisterAsync();

        await IsRefusedAsync(
            requirement, operation, registration.Connection, Handles.Wrong(kind, registration.Handle),
            madeUp: kind != "Null");

        Check.That(House.StaysUp, await registration.UnRegisterAsync(), r => r.Status, ERROR_SUCCESS);
    }

    private async Task OfAnotherGroupAsync(WitnessOperation operation)
    {
        await using var registration = await RegisterAsync();
        await using var other = await ConnectAsync(registration.Node);

        await IsRefusedAsync(Swn.ForeignHandle, operation, other, registration.Handle);

        var own = await registration.UnRegisterAsync();
        Check.That(Rpce.ContextMismatch, own, r => r.Status, ERROR_SUCCESS);
        Check.That(House.PeersAreIsolated, own, r => r.Status, ERROR_SUCCESS);
    }

    private async Task IsRefusedAsync(
        string requirement, WitnessOperation operation, WitnessConnection over, ContextHandle handle,
        bool madeUp = false)
    {
        // The runtime may know whose handle it is (R096), and UnRegister may go by its table (A6).
        Outcome[] tolerated = operation switch
        {
            End => [ERROR_NOT_FOUND, RpcFault.nca_s_fault_context_mismatch],
            EndEx when madeUp => [],
            _ => [RpcFault.nca_s_fault_context_mismatch],
        };

        var reply = await over.CallAsync(operation, handle, Cluster, Client);

        Outcome expected = operation == Poll ? ERROR_NOT_FOUND : ERROR_INVALID_PARAMETER;
        Check.That(requirement, reply, r => r.Status, expected, tolerated);
    }
}
