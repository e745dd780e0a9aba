using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.ReferenceServer.Witness;

/// <summary>[MS-SWN] 3.1.4.3 and 3.1.4.6.</summary>
public partial class WitnessService
{
    /// <summary>3.1.4.3 WitnessrUnRegister. Not under the lock.</summary>
    protected virtual StatusResponse WitnessrUnRegister(RpcServerCall call, HandleRequest request) =>
        new(UnRegister(call, request.Context));

    /// <summary>3.1.4.6 WitnessrUnRegisterEx. Not under the lock.</summary>
    protected virtual HandleResponse WitnessrUnRegisterEx(RpcServerCall call, HandleRequest request)
    {
        var status = UnRegister(call, request.Context);
        return status == Win32Error.ERROR_SUCCESS
            ? new HandleResponse(HandleAfterUnRegisterEx(request.Context), status)
            : new HandleResponse(request.Context, status);
    }

    /// <summary>3.1.4.6: ppContext becomes NULL.</summary>
    protected virtual ContextHandle HandleAfterUnRegisterEx(ContextHandle context) => ContextHandle.Null;

    /// <summary>3.1.4.3, 3.1.4.6: no registration has this key (A6; the text, not the table).</summary>
    protected virtual Win32Error UnRegisterUnknownHandle(RpcServerCall call) => Win32Error.ERROR_INVALID_PARAMETER;

    private Win32Error UnRegister(RpcServerCall call, ContextHandle context)
    {
        if (CheckAccess(call.Caller) is not Win32Error.ERROR_SUCCESS and var refused)
        {
            return refused;
        }

        lock (State)
        {
            if (FindRegistration(call, context) is not { } registration)
            {
                return UnRegisterUnknownHandle(call);
            }

            RemoveRegistration(registration);
            return Win32Error.ERROR_SUCCESS;
        }
    }
}
