using System.Buffers;
using System.Collections.Immutable;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.ReferenceServer.Witness;

/// <summary>
/// The server of [MS-SWN] revision 14.0, to be read beside section 3.1. Each sentence is one step of its own, named
/// as the specification names it, that a subclass can break. A step that has no other remark runs under the lock
/// <see cref="State"/>; nothing waits, sends or logs there.
/// </summary>
public partial class WitnessService : IRpcInterface, IDisposable
{
    private ITimer? _unusedRegistrationTimer;
    private ITimer? _asyncNotifyPendingTimer;

    /// <summary>3.1.3 Initialization. The timers run from <see cref="Start"/> on.</summary>
    public WitnessService(NodeParts parts)
    {
        Parts = parts;
        WitnessServiceVersion = parts.Settings.Version;
        InterfaceList = [.. parts.View.Interfaces];
        _viewOfInterfaces = parts.View.Interfaces;
    }

    public SyntaxId Id => SyntaxId.Witness;

    /// <summary>Opnum 5 came with revision 14.0 and belongs to version 2.</summary>
    public virtual int OperationCount => WitnessServiceVersion == WitnessVersion.V1 ? 4 : 6;

    /// <summary>3.1.4, product note 4: neither of the two protecting levels, no service (A2: fault 5).</summary>
    public virtual AuthenticationLevel MinimumLevel => Parts.Settings.MinimumLevel;

    protected NodeParts Parts { get; }

    protected IClusterView View => Parts.View;

    protected WitnessSettings Settings => Parts.Settings;

    /// <summary>The one lock of this service: held for moments, never while waiting.</summary>
    protected Lock State { get; } = new();

    /// <summary>3.1.1.1 InterfaceList.</summary>
    protected ImmutableArray<PublicInterface> InterfaceList { get; set; }

    /// <summary>3.1.1.1 WitnessRegistrationList.</summary>
    protected RegistrationTable WitnessRegistrationList { get; } = new();

    /// <summary>3.1.1.1 WitnessServiceVersion.</summary>
    protected uint WitnessServiceVersion { get; }

    /// <summary>Starts both timers of 3.1.2.</summary>
    public void Start()
    {
        _asyncNotifyPendingTimer ??= Periodic(AsyncNotifyPendingTimerExpired);
        _unusedRegistrationTimer ??= Periodic(UnusedRegistrationTimerExpired);
    }

    public void Dispose()
    {
        _unusedRegistrationTimer?.Dispose();
        _asyncNotifyPendingTimer?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Decodes, lets the operation answer, encodes.</summary>
    public virtual ValueTask InvokeAsync(RpcServerCall call) => (WitnessOperation)call.Opnum switch
    {
        WitnessOperation.WitnessrGetInterfaceList => GetInterfaceListAsync(call),
        WitnessOperation.WitnessrRegister => Answered(
            call, WitnessrRegister(call, WitnessCodec.DecodeRegisterRequest(call.Stub.Span, call.Syntax))),
        WitnessOperation.WitnessrUnRegister => Answered(
            call, WitnessrUnRegister(call, WitnessCodec.DecodeHandleRequest(call.Stub.Span, call.Syntax))),
        WitnessOperation.WitnessrAsyncNotify => AsyncNotifyAsync(call),
        WitnessOperation.WitnessrRegisterEx => Answered(
            call, WitnessrRegisterEx(call, WitnessCodec.DecodeRegisterExRequest(call.Stub.Span, call.Syntax))),
        WitnessOperation.WitnessrUnRegisterEx => Answered(
            call, WitnessrUnRegisterEx(call, WitnessCodec.DecodeHandleRequest(call.Stub.Span, call.Syntax))),
        _ => throw new RpcFaultException(RpcFault.nca_op_rng_error),
    };

    /// <summary>
    /// 3.1.4: the caller's rights, before anything else. Everybody who is authenticated may use the service
    /// (product note 4). Not under the lock.
    /// </summary>
    protected virtual Win32Error CheckAccess(RpcCaller caller)
    {
        if (Settings.MinimumLevel == AuthenticationLevel.None)
        {
            return Win32Error.ERROR_SUCCESS;
        }

        if (caller.Type is not (AuthenticationType.Spnego or AuthenticationType.Ntlmssp or AuthenticationType.Kerberos))
        {
            return Win32Error.ERROR_NOT_AUTHENTICATED;
        }

        return caller.Name is null ? Win32Error.ERROR_ACCESS_DENIED : Win32Error.ERROR_SUCCESS;
    }

    /// <summary>
    /// The registration of a handle, for the client that made it: one association group, one user. To others the
    /// handle is unknown, and they are told so by the method's own error (R096).
    /// </summary>
    protected virtual WitnessRegistration? FindRegistration(RpcServerCall call, ContextHandle context) =>
        context.Attributes == 0 && WitnessRegistrationList.Find(context.Uuid) is { } registration
        && IsSameClient(registration, call) ? registration : null;

    protected virtual bool IsSameClient(WitnessRegistration registration, RpcServerCall call) =>
        ReferenceEquals(registration.Association, call.Association)
        && string.Equals(registration.Caller.Name, call.Caller.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Removes it from the list; calls that are pending on it end with ERROR_NOT_FOUND (A17).</summary>
    protected virtual void RemoveRegistration(WitnessRegistration registration)
    {
        if (WitnessRegistrationList.Remove(registration))
        {
            FailPendingCalls(registration, Win32Error.ERROR_NOT_FOUND);
        }
    }

    protected long Now => Parts.Time.GetTimestamp();

    private ITimer Periodic(Action expired) => Parts.Time.CreateTimer(
        _ => expired(), null, Settings.SweepInterval, Settings.SweepInterval);

    private ValueTask Answered(RpcServerCall call, HandleResponse response)
    {
        Write(call, WitnessCodec.Encode(response, call.Syntax));
        return ValueTask.CompletedTask;
    }

    private ValueTask Answered(RpcServerCall call, StatusResponse response)
    {
        Write(call, WitnessCodec.Encode(response, call.Syntax));
        return ValueTask.CompletedTask;
    }

    /// <summary>The response stub as it leaves. Not under the lock.</summary>
    protected virtual void Write(RpcServerCall call, byte[] stub) => call.Response.Write(stub);
}
