using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using Torture.Requirements;

namespace Torture.Mutants.Witness;

[Defect("Callers at level connect are served.")]
[Violates(Swn.WeakAuthenticationLevelRefused, Swn.AccessCheckedPerMethod)]
public sealed class AcceptsConnectLevel(NodeParts parts) : WitnessService(parts)
{
    public override AuthenticationLevel MinimumLevel => AuthenticationLevel.Connect;
}

[Defect("Callers at level packet are served.")]
[Violates(Swn.WeakAuthenticationLevelRefused)]
public sealed class AcceptsPacketLevel(NodeParts parts) : WitnessService(parts)
{
    public override AuthenticationLevel MinimumLevel => AuthenticationLevel.Packet;
}

[Defect("Callers who did not authenticate are served.")]
[Violates(Swn.WeakAuthenticationLevelRefused, Swn.AccessDenied)]
public sealed class AcceptsEverybody(NodeParts parts) : WitnessService(parts)
{
    public override AuthenticationLevel MinimumLevel => AuthenticationLevel.None;

    protected override Win32Error CheckAccess(RpcCaller caller) => Win32Error.ERROR_SUCCESS;
}

[Defect("Callers at level privacy are refused.")]
[Violates(Swn.PrivacyAccepted)]
public sealed class RefusesPrivacy(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckAccess(RpcCaller caller) =>
        caller.Level == AuthenticationLevel.Privacy ? Win32Error.ERROR_ACCESS_DENIED : base.CheckAccess(caller);
}

[Defect("Anonymous callers are served.")]
[Violates(Swn.AccessDenied)]
public sealed class AcceptsAnonymous(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckAccess(RpcCaller caller) => base.CheckAccess(caller with { Name = "anonymous" });
}

[Defect("The interface list is told to callers at level connect.")]
[Violates(Swn.AccessCheckedPerMethod, Swn.WeakAuthenticationLevelRefused)]
public sealed class ListUnchecked(NodeParts parts) : WitnessService(parts)
{
    public override AuthenticationLevel MinimumLevel => AuthenticationLevel.Connect;

    public override ValueTask InvokeAsync(RpcServerCall call) =>
        call.Opnum != (ushort)WitnessOperation.WitnessrGetInterfaceList && call.Caller.Level < base.MinimumLevel
            ? throw new RpcFaultException(RpcFault.RPC_S_ACCESS_DENIED)
            : base.InvokeAsync(call);
}

[Defect("One user may use the service, and no other.")]
[Violates(Swn.AnyUserMayConnect)]
public sealed class OneUserOnly(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckAccess(RpcCaller caller) =>
        caller.Name is { } name && !name.EndsWith(@"\alice", StringComparison.OrdinalIgnoreCase)
            ? Win32Error.ERROR_ACCESS_DENIED
            : base.CheckAccess(caller);
}

[Defect("A handle is good for every user of its association group.")]
[Violates(Swn.CallerIdentityDecides)]
public sealed class HandleForEveryUser(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsSameClient(WitnessRegistration registration, RpcServerCall call) =>
        ReferenceEquals(registration.Association, call.Association);
}

[Defect("A handle that comes over another connection of its group is a context mismatch.")]
[Violates(Rpce.HandleSurvivesConnection, Rpce.HandleValidInGroup)]
public sealed class HandleEndsWithConnection(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsSameClient(WitnessRegistration registration, RpcServerCall call) =>
        base.IsSameClient(registration, call) && !registration.Caller.Remote.Equals(call.Caller.Remote)
            ? throw new RpcFaultException(RpcFault.nca_s_fault_context_mismatch)
            : base.IsSameClient(registration, call);
}

[Defect("An operation that does not exist is answered with a status instead of a fault.")]
[Violates(Swn.OpnumOutOfRange, Rpce.OpnumOutOfRange)]
public sealed class UnknownOpnumIsStatus(NodeParts parts) : WitnessService(parts)
{
    public override int OperationCount => ushort.MaxValue;

    public override ValueTask InvokeAsync(RpcServerCall call)
    {
        if (call.Opnum < base.OperationCount)
        {
            return base.InvokeAsync(call);
        }

        Write(call, BitConverter.GetBytes((uint)Win32Error.ERROR_INVALID_PARAMETER));
        return ValueTask.CompletedTask;
    }
}

[Defect("A pending call holds up the next one of its connection.")]
[Violates(
    Swn.PendingNotifyHoldsUpNothing, Swn.SharedContextHandle, Swn.UnRegisterEndsPendingNotify,
    Rpce.ServerAnswersInAnyOrder)]
public sealed class PendingCallBlocksConnection(NodeParts parts) : WitnessService(parts)
{
    private readonly Dictionary<long, Task> _last = [];

    public override ValueTask InvokeAsync(RpcServerCall call)
    {
        lock (_last)
        {
            var turn = Next(_last.GetValueOrDefault(call.ConnectionId, Task.CompletedTask), call);
            _last[call.ConnectionId] = turn;
            return new ValueTask(turn);
        }
    }

    private async Task Next(Task previous, RpcServerCall call)
    {
        await Task.WhenAny(previous);
        await base.InvokeAsync(call);
    }
}
