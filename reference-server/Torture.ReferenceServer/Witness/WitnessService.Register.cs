using System.Net;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.ReferenceServer.Witness;

/// <summary>[MS-SWN] 3.1.4.2 and 3.1.4.5.</summary>
public partial class WitnessService
{
    /// <summary>3.1.4.2 WitnessrRegister. Not under the lock.</summary>
    protected virtual HandleResponse WitnessrRegister(RpcServerCall call, RegisterRequest request) =>
        RegisterChecks(call, request).FirstOrDefault(IsRefusal) is not Win32Error.ERROR_SUCCESS and var refused
            ? RefuseRegistration(refused)
            : Register(call, NewRegistration(call, request));

    /// <summary>3.1.4.5 WitnessrRegisterEx. Not under the lock.</summary>
    protected virtual HandleResponse WitnessrRegisterEx(RpcServerCall call, RegisterExRequest request) =>
        RegisterExChecks(call, request).FirstOrDefault(IsRefusal) is not Win32Error.ERROR_SUCCESS and var refused
            ? RefuseRegistration(refused)
            : Register(call, NewRegistrationEx(call, request));

    /// <summary>3.1.4.2: the checks in their order; the first that refuses ends the processing.</summary>
    protected virtual IEnumerable<Win32Error> RegisterChecks(RpcServerCall call, RegisterRequest request)
    {
        yield return CheckAccess(call.Caller);
        yield return CheckVersion(request.Version, WitnessVersion.V1);
        yield return CheckPresent(request.NetName, request.IpAddress, request.ClientComputerName);
        yield return CheckNetName(request.NetName);
        yield return CheckIpAddress(request.IpAddress);
    }

    /// <summary>3.1.4.5: the checks in their order; the first that refuses ends the processing.</summary>
    protected virtual IEnumerable<Win32Error> RegisterExChecks(RpcServerCall call, RegisterExRequest request)
    {
        yield return CheckAccess(call.Caller);
        yield return CheckVersion(request.Version, WitnessVersion.V2);
        yield return CheckPresent(request.NetName, request.IpAddress, request.ClientComputerName);
        yield return CheckFlags(request.Flags);
        yield return CheckNetName(request.NetName);
        yield return CheckShareName(request.ShareName, request.IpAddress);
    }

    /// <summary>3.1.4.2, 3.1.4.5: exactly the version of the method.</summary>
    protected virtual Win32Error CheckVersion(uint version, uint expected) =>
        version == expected ? Win32Error.ERROR_SUCCESS : Win32Error.ERROR_REVISION_MISMATCH;

    /// <summary>3.1.4.2, 3.1.4.5: none of the three is NULL.</summary>
    protected virtual Win32Error CheckPresent(string? netName, string? ipAddress, string? clientComputerName) =>
        netName is null || ipAddress is null || clientComputerName is null
            ? Win32Error.ERROR_INVALID_PARAMETER
            : Win32Error.ERROR_SUCCESS;

    /// <summary>3.1.4.5: a value that the parameter does not have (A15).</summary>
    protected virtual Win32Error CheckFlags(RegisterFlags flags) =>
        flags is RegisterFlags.WITNESS_REGISTER_NONE or RegisterFlags.WITNESS_REGISTER_IP_NOTIFICATION
            ? Win32Error.ERROR_SUCCESS
            : Win32Error.ERROR_INVALID_PARAMETER;

    /// <summary>3.1.4.2, 3.1.4.5: NetName is ServerGlobalName, in any of its forms (A8).</summary>
    protected virtual Win32Error CheckNetName(string? netName) =>
        netName is not null && View.MatchesNetName(netName)
            ? Win32Error.ERROR_SUCCESS
            : Win32Error.ERROR_INVALID_PARAMETER;

    /// <summary>3.1.4.2: where any share is STYPE_CLUSTER_SOFS, IpAddress is in InterfaceList.</summary>
    protected virtual Win32Error CheckIpAddress(string? ipAddress) => View.EnumerateShares() switch
    {
        null => Win32Error.ERROR_INVALID_STATE,
        var shares when !shares.Any(IsScaleOut) || IsInInterfaceList(ipAddress) => Win32Error.ERROR_SUCCESS,
        _ => Win32Error.ERROR_INVALID_STATE,
    };

    /// <summary>3.1.4.5: ShareName, and IpAddress where that share is STYPE_CLUSTER_SOFS (A7: literal).</summary>
    protected virtual Win32Error CheckShareName(string? shareName, string? ipAddress)
    {
        if (shareName is null)
        {
            return Win32Error.ERROR_SUCCESS;
        }

        if (View.EnumerateShares() is not { Count: > 0 } shares)
        {
            return Win32Error.ERROR_INVALID_STATE;
        }

        if (!shares.Any(IsScaleOut))
        {
            return Win32Error.ERROR_SUCCESS;
        }

        var share = shares.FirstOrDefault(s => s.Name.Equals(shareName, StringComparison.OrdinalIgnoreCase));
        return share is not null && (!IsScaleOut(share) || IsInInterfaceList(ipAddress))
            ? Win32Error.ERROR_SUCCESS
            : Win32Error.ERROR_INVALID_STATE;
    }

    /// <summary>3.1.4.2, 3.1.4.5: compared by value and family, not by spelling.</summary>
    protected virtual bool IsInInterfaceList(string? ipAddress) =>
        ipAddress is not null && AddressLiteral.Parse(ipAddress) is { } address
        && CurrentInterfaces.Any(entry => entry.Has(address));

    /// <summary>3.1.4.2: the registration of a version 1 client.</summary>
    protected virtual WitnessRegistration NewRegistration(RpcServerCall call, RegisterRequest request) => new()
    {
        WitnessClientName = request.ClientComputerName ?? "",
        NetworkName = request.NetName ?? "",
        IPAddress = request.IpAddress ?? "",
        Address = AddressLiteral.Parse(request.IpAddress ?? ""),
        RegistrationKey = NewRegistrationKey(),
        LastUseTime = Now,
        WitnessClientVersion = request.Version,
        Caller = call.Caller,
        Association = call.Association,
    };

    /// <summary>3.1.4.5: the registration of a version 2 client.</summary>
    protected virtual WitnessRegistration NewRegistrationEx(RpcServerCall call, RegisterExRequest request) => new()
    {
        WitnessClientVersion = request.Version,
        WitnessClientName = request.ClientComputerName ?? "",
        NetworkName = request.NetName ?? "",
        ShareName = request.ShareName ?? "",
        ShareNameNotificationRequired = request.ShareName is not null,
        IPAddress = request.IpAddress ?? "",
        Address = AddressLiteral.Parse(request.IpAddress ?? ""),
        IPNotificationRequired = request.Flags.HasFlag(RegisterFlags.WITNESS_REGISTER_IP_NOTIFICATION),
        LastUseTime = Now,
        KeepAliveTime = TimeSpan.FromSeconds(request.KeepAliveTimeout),
        IsAsyncNotifyRegistered = false,
        RegistrationKey = NewRegistrationKey(),
        Caller = call.Caller,
        Association = call.Association,
    };

    /// <summary>3.1.4.2, 3.1.4.5: a fresh UUID, never the one of the null handle.</summary>
    protected virtual Guid NewRegistrationKey()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (State)
        {
            Parts.Random.NextBytes(bytes);
        }

        bytes[7] = (byte)(0x40 | (bytes[7] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes);
    }

    /// <summary>3.1.4.2, 3.1.4.5: out of memory for one more.</summary>
    protected virtual bool HasResources() => WitnessRegistrationList.Count < Settings.MaximumRegistrations;

    /// <summary>3.1.4.2, 3.1.4.5: an error comes with the null handle (R082). Not under the lock.</summary>
    protected virtual HandleResponse RefuseRegistration(Win32Error status) => new(ContextHandle.Null, status);

    /// <summary>3.1.4.2, 3.1.4.5: inserts it and returns its key. Not under the lock.</summary>
    private HandleResponse Register(RpcServerCall call, WitnessRegistration registration)
    {
        bool first;
        lock (State)
        {
            if (!HasResources())
            {
                return RefuseRegistration(Win32Error.ERROR_NO_SYSTEM_RESOURCES);
            }

            first = WitnessRegistrationList.Add(registration);
        }

        if (first)
        {
            // Runs at once where the connection is gone already, hence not under the lock.
            call.Association.OnRundown(() => AssociationEnded(call.Association));
        }

        return new HandleResponse(registration.Handle, Win32Error.ERROR_SUCCESS);
    }

    private static bool IsRefusal(Win32Error status) => status != Win32Error.ERROR_SUCCESS;

    private static bool IsScaleOut(ShareInfo share) => share.Kind == ShareKind.ScaleOut;
}
