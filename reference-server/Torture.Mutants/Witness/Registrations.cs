using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using Torture.Requirements;

namespace Torture.Mutants.Witness;

[Defect("A refused registration comes with a handle that is not the null handle.")]
[Violates(Swn.NullHandleOnFailure)]
public sealed class HandleOnFailure(NodeParts parts) : WitnessService(parts)
{
    protected override HandleResponse RefuseRegistration(Win32Error status) =>
        new(new ContextHandle(0, NewRegistrationKey()), status);
}

[Defect("A registration comes with the null handle.")]
[Violates(Swn.RegisterReturnsHandle, Swn.RegisterExReturnsHandle)]
public sealed class NullHandleOnSuccess(NodeParts parts) : WitnessService(parts)
{
    protected override HandleResponse WitnessrRegister(RpcServerCall call, RegisterRequest request) =>
        base.WitnessrRegister(call, request) with { Context = ContextHandle.Null };

    protected override HandleResponse WitnessrRegisterEx(RpcServerCall call, RegisterExRequest request) =>
        base.WitnessrRegisterEx(call, request) with { Context = ContextHandle.Null };
}

[Defect("Two registrations of one client share a handle.")]
[Violates(Swn.RegisterCreatesRegistration, Swn.RegisterExCreatesRegistration)]
public sealed class OneHandleForEachClient(NodeParts parts) : WitnessService(parts)
{
    protected override HandleResponse WitnessrRegister(RpcServerCall call, RegisterRequest request) =>
        Known(call, request.ClientComputerName) ?? base.WitnessrRegister(call, request);

    protected override HandleResponse WitnessrRegisterEx(RpcServerCall call, RegisterExRequest request) =>
        Known(call, request.ClientComputerName) ?? base.WitnessrRegisterEx(call, request);

    private HandleResponse? Known(RpcServerCall call, string? client)
    {
        lock (State)
        {
            return WitnessRegistrationList.OfClient(client ?? "").FirstOrDefault(r => IsSameClient(r, call)) is { } one
                ? new HandleResponse(one.Handle, Win32Error.ERROR_SUCCESS)
                : null;
        }
    }
}

[Defect("A registration takes the place of the one that the client had.")]
[Violates(Swn.RegisterCreatesRegistration, Swn.RegisterExCreatesRegistration)]
public sealed class NewRegistrationEndsTheOld(NodeParts parts) : WitnessService(parts)
{
    protected override WitnessRegistration NewRegistration(RpcServerCall call, RegisterRequest request) =>
        Alone(base.NewRegistration(call, request));

    protected override WitnessRegistration NewRegistrationEx(RpcServerCall call, RegisterExRequest request) =>
        Alone(base.NewRegistrationEx(call, request));

    private WitnessRegistration Alone(WitnessRegistration registration)
    {
        ForceUnregister(new RegistrationFilter(Client: registration.WitnessClientName));
        return registration;
    }
}

[Defect("UnRegister of an unknown handle succeeds.")]
[Violates(Swn.UnRegisterUnknownHandle, Swn.UnRegisterExUnknownHandle, Swn.ForeignHandle)]
public sealed class UnRegisterUnknownSucceeds(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error UnRegisterUnknownHandle(RpcServerCall call) => Win32Error.ERROR_SUCCESS;
}

[Defect("A second UnRegister is answered with a fault.")]
[Violates(Swn.UnRegisterTwice)]
public sealed class UnRegisterUnknownFaults(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error UnRegisterUnknownHandle(RpcServerCall call) =>
        throw new RpcFaultException(RpcFault.nca_s_fault_context_mismatch);
}

[Defect("UnRegisterEx of an unknown handle is ERROR_NOT_FOUND.")]
[Violates(Swn.UnRegisterExUnknownHandle)]
public sealed class UnRegisterExUnknownIsNotFound(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error UnRegisterUnknownHandle(RpcServerCall call) =>
        call.Opnum == (ushort)WitnessOperation.WitnessrUnRegisterEx
            ? Win32Error.ERROR_NOT_FOUND
            : base.UnRegisterUnknownHandle(call);
}

[Defect("UnRegister says ERROR_SUCCESS and keeps the registration.")]
[Violates(Swn.UnRegisterRemoves, Swn.UnRegisterMethod, Swn.UnRegisterTwice)]
public sealed class UnRegisterKeeps(NodeParts parts) : WitnessService(parts)
{
    protected override StatusResponse WitnessrUnRegister(RpcServerCall call, HandleRequest request)
    {
        lock (State)
        {
            return new StatusResponse(FindRegistration(call, request.Context) is null
                ? UnRegisterUnknownHandle(call)
                : Win32Error.ERROR_SUCCESS);
        }
    }
}

[Defect("Every fiftieth registration that ends stays in the list.")]
[Violates(House.ChurnLeaksNothing)]
public sealed class OneInFiftyStays(NodeParts parts) : WitnessService(parts)
{
    private int _ended;

    protected override void RemoveRegistration(WitnessRegistration registration)
    {
        if (++_ended % 50 != 0)
        {
            base.RemoveRegistration(registration);
        }
    }
}

[Defect("UnRegister ends all registrations of the client.")]
[Violates(Swn.UnRegisterFindsByKey)]
public sealed class UnRegisterTakesTheOthersToo(NodeParts parts) : WitnessService(parts)
{
    protected override StatusResponse WitnessrUnRegister(RpcServerCall call, HandleRequest request)
    {
        lock (State)
        {
            if (FindRegistration(call, request.Context) is { } one)
            {
                var others = WitnessRegistrationList.OfClient(one.WitnessClientName).Where(r => r != one).ToArray();
                Array.ForEach(others, RemoveRegistration);
            }
        }

        return base.WitnessrUnRegister(call, request);
    }
}

[Defect("UnRegisterEx gives the handle back as it came.")]
[Violates(Swn.UnRegisterExRemoves, Swn.ContextHandleReference)]
public sealed class UnRegisterExKeepsHandle(NodeParts parts) : WitnessService(parts)
{
    protected override ContextHandle HandleAfterUnRegisterEx(ContextHandle context) => context;
}

[Defect("UnRegisterEx zeroes the handle and keeps the registration.")]
[Violates(Swn.UnRegisterExRemoves)]
public sealed class UnRegisterExKeepsRegistration(NodeParts parts) : WitnessService(parts)
{
    protected override HandleResponse WitnessrUnRegisterEx(RpcServerCall call, HandleRequest request)
    {
        lock (State)
        {
            return FindRegistration(call, request.Context) is null
                ? new HandleResponse(request.Context, UnRegisterUnknownHandle(call))
                : new HandleResponse(ContextHandle.Null, Win32Error.ERROR_SUCCESS);
        }
    }
}

[Defect("Whoever ends a registration leaves its pending AsyncNotify waiting for ever.")]
[Violates(Swn.UnRegisterEndsPendingNotify, Ctdb.ForcedUnregister)]
public sealed class UnRegisterLeavesCallPending(NodeParts parts) : WitnessService(parts)
{
    protected override void RemoveRegistration(WitnessRegistration registration) =>
        WitnessRegistrationList.Remove(registration);
}

[Defect("A handle is good for every connection and user.")]
[Violates(Swn.ForeignHandle, Swn.CallerIdentityDecides, Rpce.ContextMismatch)]
public sealed class HandleForEverybody(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsSameClient(WitnessRegistration registration, RpcServerCall call) => true;
}

[Defect("A handle is good on the connection that made it only, not in its association group.")]
[Violates(Rpce.HandleValidInGroup)]
public sealed class HandleForOneConnection(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsSameClient(WitnessRegistration registration, RpcServerCall call) =>
        base.IsSameClient(registration, call) && registration.Caller.Remote.Equals(call.Caller.Remote);
}

[Defect("What was registered over a connection outlives it.")]
[Violates(Swn.ConnectionLossRunsDown, Rpce.HandleRundown, House.NothingLeftBehind)]
public sealed class NeverRunsDown(NodeParts parts) : WitnessService(parts)
{
    protected override void AssociationEnded(AssociationGroup group)
    {
    }
}

[Defect("The end of one connection takes the registrations of all.")]
[Violates(House.PeersAreIsolated)]
public sealed class RunsDownEverybody(NodeParts parts) : WitnessService(parts)
{
    protected override void AssociationEnded(AssociationGroup group) => ForceUnregister(new RegistrationFilter());
}

[Defect("A handle that the node gave before it was restarted is good again.")]
[Violates(Ctdb.RegistrationDiesWithNode)]
public sealed class HandlesOutliveNode(NodeParts parts) : WitnessService(parts)
{
    private readonly HashSet<Guid> _given = [];

    private int Mark => View.LocalNode.Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter));

    protected override Guid NewRegistrationKey()
    {
        var bytes = base.NewRegistrationKey().ToByteArray();
        BitConverter.TryWriteBytes(bytes, Mark);
        lock (State)
        {
            _given.Add(new Guid(bytes));
        }

        return new Guid(bytes);
    }

    protected override WitnessRegistration? FindRegistration(RpcServerCall call, ContextHandle context)
    {
        var isFromNow = BitConverter.ToInt32(context.Uuid.ToByteArray()) != Mark || _given.Contains(context.Uuid);
        return isFromNow
            ? base.FindRegistration(call, context)
            : new WitnessRegistration
            {
                RegistrationKey = context.Uuid, WitnessClientName = "", NetworkName = "", IPAddress = "",
                WitnessClientVersion = WitnessVersion.V2, Caller = call.Caller, Association = call.Association,
            };
    }
}

[Defect("A handle is used again once it is free.")]
[Violates(Swn.RegisterCreatesRegistration)]
public sealed class HandlesComeAgain(NodeParts parts) : WitnessService(parts)
{
    protected override Guid NewRegistrationKey()
    {
        var key = 1;
        while (WitnessRegistrationList.Find(new Guid(key, 0, 0, new byte[8])) is not null)
        {
            key++;
        }

        return new Guid(key, 0, 0, new byte[8]);
    }
}

[Defect("A handle is good for whoever has it, and outlives its connection.")]
[Violates(Swn.ForeignHandle, Swn.ConnectionLossRunsDown)]
public sealed class HandleIsATicket(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsSameClient(WitnessRegistration registration, RpcServerCall call) => true;

    protected override void AssociationEnded(AssociationGroup group)
    {
    }
}

[Defect("Every takeover ends all registrations.")]
[Violates(Ctdb.RegistrationStaysWhereTaken, Ctdb.RegistrationSurvivesForeignFailover)]
public sealed class TakeoverEndsRegistrations(NodeParts parts) : WitnessService(parts)
{
    protected override void InterfaceViewChanged(PublicInterface? before, PublicInterface now)
    {
        base.InterfaceViewChanged(before, now);
        if (before?.GroupName != now.GroupName)
        {
            WitnessRegistrationList.All.ToList().ForEach(RemoveRegistration);
        }
    }
}

[Defect("Nobody may register any more once an address had a takeover.")]
[Violates(Ctdb.RegistersElsewhere)]
public sealed class NobodyRegistersAfterATakeover(NodeParts parts) : WitnessService(parts)
{
    private bool _hadTakeover;

    protected override bool HasResources() => !_hadTakeover && base.HasResources();

    protected override void InterfaceViewChanged(PublicInterface? before, PublicInterface now)
    {
        base.InterfaceViewChanged(before, now);
        _hadTakeover |= before is not null && before.GroupName != now.GroupName;
    }
}

[Defect("A call that waits when its registration ends is answered with a status that no table lists.")]
[Violates(Swn.AsyncNotifyStatuses, Ctdb.ForcedUnregister)]
public sealed class EndIsNotReady(NodeParts parts) : WitnessService(parts)
{
    private const Win32Error NotReady = (Win32Error)21;

    protected override void RemoveRegistration(WitnessRegistration registration)
    {
        if (WitnessRegistrationList.Remove(registration))
        {
            registration.PendingCalls.ToList().ForEach(pending => Complete(pending, Failure(NotReady)));
        }
    }
}
