using System.Net;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using Torture.Requirements;

namespace Torture.Mutants.Witness;

[Defect("A name of 255 characters or more is more than the service can hold: an unspecified fault.")]
[Violates(Swn.StringLengthsUnbounded)]
public sealed class LongNamesFault(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckPresent(string? netName, string? ipAddress, string? clientComputerName) =>
        new[] { netName, ipAddress, clientComputerName }.Any(name => name?.Length >= 255)
            ? throw new RpcFaultException(RpcFault.nca_s_fault_unspec)
            : base.CheckPresent(netName, ipAddress, clientComputerName);

    protected override Win32Error CheckShareName(string? shareName, string? ipAddress) =>
        shareName?.Length >= 255
            ? throw new RpcFaultException(RpcFault.nca_s_fault_unspec)
            : base.CheckShareName(shareName, ipAddress);
}

[Defect("A client name of one letter is an unspecified fault.")]
[Violates(Swn.StringLengthsUnbounded)]
public sealed class OneLetterFaults(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckPresent(string? netName, string? ipAddress, string? clientComputerName) =>
        clientComputerName?.Length == 1
            ? throw new RpcFaultException(RpcFault.nca_s_fault_unspec)
            : base.CheckPresent(netName, ipAddress, clientComputerName);
}

[Defect("ClientComputerName has to be a NetBIOS name.")]
[Violates(Swn.ClientNameIsOpaque)]
public sealed class ClientNameIsNetbios(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckPresent(string? netName, string? ipAddress, string? clientComputerName) =>
        clientComputerName is { Length: 0 or > 15 } || clientComputerName?.All(IsAllowed) == false
            ? Win32Error.ERROR_INVALID_PARAMETER
            : base.CheckPresent(netName, ipAddress, clientComputerName);

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '-';
}

[Defect("ClientComputerName has to be a qualified name.")]
[Violates(Swn.ClientNameIsOpaque)]
public sealed class ClientNameIsQualified(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckPresent(string? netName, string? ipAddress, string? clientComputerName) =>
        clientComputerName?.Contains('.') == false
            ? Win32Error.ERROR_INVALID_PARAMETER
            : base.CheckPresent(netName, ipAddress, clientComputerName);
}

[Defect("A keep-alive time of less than two seconds or more than an hour is refused.")]
[Violates(Swn.KeepAliveZero)]
public sealed class KeepAliveHasLimits(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<Win32Error> RegisterExChecks(RpcServerCall call, RegisterExRequest request) =>
        base.RegisterExChecks(call, request).Append(
            request.KeepAliveTimeout is < 2 or > 3600
                ? Win32Error.ERROR_INVALID_PARAMETER
                : Win32Error.ERROR_SUCCESS);
}

[Defect("Flags that do not exist are taken.")]
[Violates(Swn.RegisterExFlags)]
public sealed class UndefinedFlagsTaken(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckFlags(RegisterFlags flags) => Win32Error.ERROR_SUCCESS;
}

[Defect("IP_NOTIFICATION is refused.")]
[Violates(Swn.RegisterExFlags)]
public sealed class IPNotificationRefused(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckFlags(RegisterFlags flags) =>
        flags == RegisterFlags.WITNESS_REGISTER_NONE ? Win32Error.ERROR_SUCCESS : Win32Error.ERROR_INVALID_PARAMETER;
}

[Defect("RegisterEx without IP_NOTIFICATION is refused.")]
[Violates(Swn.RegisterExFlags, Swn.RegisterExMethod)]
public sealed class IPNotificationDemanded(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckFlags(RegisterFlags flags) =>
        flags == RegisterFlags.WITNESS_REGISTER_NONE ? Win32Error.ERROR_INVALID_PARAMETER : base.CheckFlags(flags);
}

[Defect("ShareName is compared letter by letter.")]
[Violates(Swn.RegisterExUnknownShare)]
public sealed class ShareNameIsCaseSensitive(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckShareName(string? shareName, string? ipAddress) =>
        shareName is null || View.EnumerateShares()!.Any(share => share.Name == shareName)
            ? base.CheckShareName(shareName, ipAddress)
            : Win32Error.ERROR_INVALID_STATE;
}

[Defect("Shares are known in capitals only.")]
[Violates(Swn.RegisterExUnknownShare)]
public sealed class SharesInCapitalsOnly(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckShareName(string? shareName, string? ipAddress) =>
        shareName?.Any(char.IsAsciiLetterLower) == true
            ? Win32Error.ERROR_INVALID_STATE
            : base.CheckShareName(shareName, ipAddress);
}

[Defect("RegisterEx knows scale-out shares only.")]
[Violates(Swn.RegisterExUnknownShare)]
public sealed class ScaleOutSharesOnly(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckShareName(string? shareName, string? ipAddress) =>
        shareName is null || View.EnumerateShares()!.Any(share => share.Kind == ShareKind.ScaleOut
            && share.Name.Equals(shareName, StringComparison.OrdinalIgnoreCase))
            ? base.CheckShareName(shareName, ipAddress)
            : Win32Error.ERROR_INVALID_STATE;
}

[Defect("RegisterEx looks at the address whatever the share.")]
[Violates(Swn.RegisterExAddressNotInList)]
public sealed class RegisterExAlwaysChecksAddress(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckShareName(string? shareName, string? ipAddress) =>
        IsInInterfaceList(ipAddress) ? base.CheckShareName(shareName, ipAddress) : Win32Error.ERROR_INVALID_STATE;
}

[Defect("An IPv4 address may be written as an IPv6 address that holds it.")]
[Violates(Swn.AddressMatchedByFormat)]
public sealed class MappedAddressesTaken(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsInInterfaceList(string? ipAddress) =>
        base.IsInInterfaceList(
            IPAddress.TryParse(ipAddress, out var address) && address.IsIPv4MappedToIPv6
                ? address.MapToIPv4().ToString()
                : ipAddress);
}

[Defect("Register finds the first address of the list alone.")]
[Violates(Swn.RegisterAddressNotInList)]
public sealed class FirstAddressOnly(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckIpAddress(string? ipAddress) =>
        base.CheckIpAddress(ipAddress) == Win32Error.ERROR_SUCCESS && InterfaceList[0].IPv4?.ToString() != ipAddress
            ? Win32Error.ERROR_INVALID_STATE
            : base.CheckIpAddress(ipAddress);
}

[Defect("An unknown NetName has a status that no table lists.")]
[Violates(
    Swn.RegisterStatuses, Swn.RegisterExStatuses, Swn.RegisterUnknownNetName, Swn.RegisterExUnknownNetName,
    Swn.RegisterOrderOfChecks)]
public sealed class UndocumentedStatus(NodeParts parts) : WitnessService(parts)
{
    private const Win32Error NotReady = (Win32Error)21;

    protected override Win32Error CheckNetName(string? netName) =>
        base.CheckNetName(netName) == Win32Error.ERROR_SUCCESS ? Win32Error.ERROR_SUCCESS : NotReady;
}

[Defect("An unknown handle is an HRESULT.")]
[Violates(
    Swn.StatusFromErref, Swn.UnRegisterStatuses, Swn.UnRegisterExStatuses, Swn.UnRegisterUnknownHandle,
    Swn.UnRegisterExUnknownHandle)]
public sealed class StatusIsAnHresult(NodeParts parts) : WitnessService(parts)
{
    private const uint Win32Facility = 0x8007_0000;

    protected override Win32Error UnRegisterUnknownHandle(RpcServerCall call) =>
        (Win32Error)(Win32Facility | (uint)base.UnRegisterUnknownHandle(call));
}

[Defect("An address that is not in the list is noticed before a wrong version.")]
[Violates(Swn.RegisterOrderOfChecks)]
public sealed class ChecksAddressBeforeVersion(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<Win32Error> RegisterChecks(RpcServerCall call, RegisterRequest request) =>
        base.RegisterChecks(call, request).Prepend(CheckIpAddress(request.IpAddress));
}

[Defect("Any version may register.")]
[Violates(Swn.RegisterRevisionMismatch, Swn.RegisterExRevisionMismatch)]
public sealed class AcceptsAnyVersion(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckVersion(uint version, uint expected) => Win32Error.ERROR_SUCCESS;
}

[Defect("Each of the two methods takes the other's version as well.")]
[Violates(Swn.RegisterRevisionMismatch, Swn.RegisterExRevisionMismatch)]
public sealed class AcceptsTheOtherVersion(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckVersion(uint version, uint expected) =>
        base.CheckVersion(version == WitnessVersion.V1 ? WitnessVersion.V2 : version, WitnessVersion.V2);
}

[Defect("A wrong version is ERROR_INVALID_PARAMETER.")]
[Violates(Swn.RegisterRevisionMismatch, Swn.RegisterExRevisionMismatch)]
public sealed class WrongVersionIsInvalidParameter(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckVersion(uint version, uint expected) =>
        version == expected ? Win32Error.ERROR_SUCCESS : Win32Error.ERROR_INVALID_PARAMETER;
}

[Defect("NetName may be NULL.")]
[Violates(Swn.RegisterNullParameter, Swn.RegisterExNullParameter)]
public sealed class AcceptsNullNetName(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckPresent(string? netName, string? ipAddress, string? clientComputerName) =>
        base.CheckPresent(netName ?? "", ipAddress, clientComputerName);

    protected override Win32Error CheckNetName(string? netName) => base.CheckNetName(netName ?? View.NetName);
}

[Defect("IpAddress may be NULL.")]
[Violates(Swn.RegisterNullParameter, Swn.RegisterExNullParameter)]
public sealed class AcceptsNullAddress(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckPresent(string? netName, string? ipAddress, string? clientComputerName) =>
        base.CheckPresent(netName, ipAddress ?? "", clientComputerName);
}

[Defect("ClientComputerName may be NULL.")]
[Violates(Swn.RegisterNullParameter, Swn.RegisterExNullParameter)]
public sealed class AcceptsNullClientName(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckPresent(string? netName, string? ipAddress, string? clientComputerName) =>
        base.CheckPresent(netName, ipAddress, clientComputerName ?? "");
}

[Defect("Any NetName may register.")]
[Violates(Swn.RegisterUnknownNetName, Swn.RegisterExUnknownNetName)]
public sealed class AcceptsAnyNetName(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckNetName(string? netName) => Win32Error.ERROR_SUCCESS;
}

[Defect("An unknown NetName is ERROR_INVALID_STATE.")]
[Violates(Swn.RegisterUnknownNetName, Swn.RegisterExUnknownNetName)]
public sealed class UnknownNetNameIsInvalidState(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckNetName(string? netName) =>
        base.CheckNetName(netName) == Win32Error.ERROR_SUCCESS
            ? Win32Error.ERROR_SUCCESS
            : Win32Error.ERROR_INVALID_STATE;
}

[Defect("NetName is compared letter by letter.")]
[Violates(Swn.NetNameSpellings)]
public sealed class NetNameIsCaseSensitive(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckNetName(string? netName) =>
        netName == View.NetName ? Win32Error.ERROR_SUCCESS : Win32Error.ERROR_INVALID_PARAMETER;
}

[Defect("Only the short form of NetName is known.")]
[Violates(Swn.NetNameSpellings)]
public sealed class RefusesQualifiedNetName(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckNetName(string? netName) =>
        netName?.Contains('.') == true ? Win32Error.ERROR_INVALID_PARAMETER : base.CheckNetName(netName);
}

[Defect("Register does not look whether the address is in the list.")]
[Violates(Swn.RegisterAddressNotInList)]
public sealed class RegisterIgnoresAddress(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckIpAddress(string? ipAddress) => Win32Error.ERROR_SUCCESS;
}

[Defect("RegisterEx for a scale-out share does not look whether the address is in the list.")]
[Violates(Swn.RegisterExAddressNotInList)]
public sealed class RegisterExIgnoresAddress(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckShareName(string? shareName, string? ipAddress) =>
        base.CheckShareName(shareName, View.Interfaces.Select(e => e.IPv4 ?? e.IPv6).First()!.ToString());
}

[Defect("An address that is not in the list is ERROR_INVALID_PARAMETER.")]
[Violates(Swn.RegisterAddressNotInList, Swn.RegisterExAddressNotInList)]
public sealed class UnknownAddressIsInvalidParameter(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckIpAddress(string? ipAddress) => Translate(base.CheckIpAddress(ipAddress));

    protected override Win32Error CheckShareName(string? shareName, string? ipAddress) =>
        IsInInterfaceList(ipAddress)
            ? base.CheckShareName(shareName, ipAddress)
            : Translate(base.CheckShareName(shareName, ipAddress));

    private static Win32Error Translate(Win32Error status) =>
        status == Win32Error.ERROR_INVALID_STATE ? Win32Error.ERROR_INVALID_PARAMETER : status;
}

[Defect("Addresses are compared as text.")]
[Violates(Swn.AddressMatchedByFormat)]
public sealed class ComparesAddressesAsText(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsInInterfaceList(string? ipAddress) =>
        InterfaceList.Any(e => ipAddress == e.IPv4?.ToString() || ipAddress == e.IPv6?.ToString());
}

[Defect("What is not an address literal passes as an address.")]
[Violates(Swn.AddressMatchedByFormat)]
public sealed class AcceptsHostNameAsAddress(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsInInterfaceList(string? ipAddress) =>
        base.IsInInterfaceList(ipAddress) || AddressLiteral.Parse(ipAddress ?? "") is null;
}

[Defect("IPv6 addresses are never found in the list.")]
[Violates(Swn.AddressMatchedByFormat)]
public sealed class FindsNoIPv6Address(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsInInterfaceList(string? ipAddress) =>
        base.IsInInterfaceList(ipAddress) && ipAddress?.Contains(':') == false;
}

[Defect("RegisterEx takes any share name.")]
[Violates(Swn.RegisterExUnknownShare)]
public sealed class AcceptsAnyShare(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckShareName(string? shareName, string? ipAddress) =>
        View.EnumerateShares()!.Any(s => s.Name.Equals(shareName, StringComparison.OrdinalIgnoreCase))
            ? base.CheckShareName(shareName, ipAddress)
            : Win32Error.ERROR_SUCCESS;
}

[Defect("RegisterEx wants a share name.")]
[Violates(Swn.RegisterExNullParameter, Swn.PointersAndStrings)]
public sealed class WantsShareName(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error CheckShareName(string? shareName, string? ipAddress) =>
        shareName is null ? Win32Error.ERROR_INVALID_PARAMETER : base.CheckShareName(shareName, ipAddress);
}

[Defect("NULL parameters are noticed before a wrong version.")]
[Violates(Swn.RegisterOrderOfChecks)]
public sealed class ChecksParametersBeforeVersion(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<Win32Error> RegisterChecks(RpcServerCall call, RegisterRequest request) =>
        base.RegisterChecks(call, request)
            .Prepend(CheckPresent(request.NetName, request.IpAddress, request.ClientComputerName));
}

[Defect("An unknown NetName is noticed before a wrong version.")]
[Violates(Swn.RegisterOrderOfChecks)]
public sealed class ChecksNetNameBeforeVersion(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<Win32Error> RegisterChecks(RpcServerCall call, RegisterRequest request) =>
        base.RegisterChecks(call, request).Prepend(CheckNetName(request.NetName));
}

[Defect("An unknown address is noticed before an unknown NetName.")]
[Violates(Swn.RegisterOrderOfChecks)]
public sealed class ChecksAddressBeforeNetName(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<Win32Error> RegisterChecks(RpcServerCall call, RegisterRequest request)
    {
        yield return CheckVersion(request.Version, WitnessVersion.V1);
        yield return CheckPresent(request.NetName, request.IpAddress, request.ClientComputerName);
        yield return CheckIpAddress(request.IpAddress);
        yield return CheckNetName(request.NetName);
    }
}
