using System.Globalization;
using Torture.Protocol;
using Torture.Protocol.Witness;

namespace Torture.Captures;

/// <summary>A notification that breaks a sentence of [MS-SWN].</summary>
/// <param name="Call">The AsyncNotify call that carried it.</param>
/// <param name="Requirement">Such as <c>SWN-R033</c>.</param>
public sealed record NotificationFinding(
    ObservedCall Call, string Requirement, string Field, string Expected, string Actual)
{
    public override string ToString() =>
        $"frame {Call.ResponseFrame} {Requirement} {Field}: expected {Expected}, actual {Actual}";
}

/// <summary>
/// Holds every AsyncNotify answer against the catalogue, as far as a wire tells: its bytes, and whether the client
/// had asked for its kind. Takes calls in any order; remembers what was registered.
/// </summary>
public sealed class NotificationAudit
{
    /// <summary>Clocks of a server may be this much coarser than those of a capture.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<ContextHandle, Registered> _registrations = [];

    public static IReadOnlyList<NotificationFinding> Check(WitnessTrace trace)
    {
        var audit = new NotificationAudit();
        return [.. trace.Calls.OrderBy(c => c.ResponseFrame ?? long.MaxValue).SelectMany(audit.Add)];
    }

    /// <summary>Takes an answered call; gives what is wrong with the notification it carries.</summary>
    public IReadOnlyList<NotificationFinding> Add(ObservedCall call)
    {
        if (!call.IsWitness || call.ResponseAt is null)
        {
            return [];
        }

        if (call.Response is HandleResponse { Status: Win32Error.ERROR_SUCCESS } registered)
        {
            Remember(registered.Context, call.Request);
        }

        return call.Opnum == (ushort)WitnessOperation.WitnessrAsyncNotify && call.Fault is null
            ? [.. CheckAnswer(call)]
            : [];
    }

    private void Remember(ContextHandle handle, object? request)
    {
        if (request is RegisterRequest)
        {
            _registrations[handle] = new Registered(IsV2: false, HasShare: false, WantsAddresses: false, null);
        }
        else if (request is RegisterExRequest ex)
        {
            _registrations[handle] = new Registered(
                IsV2: true, ex.ShareName is not null,
                ex.Flags.HasFlag(RegisterFlags.WITNESS_REGISTER_IP_NOTIFICATION),
                TimeSpan.FromSeconds(ex.KeepAliveTimeout));
        }
    }

    private IEnumerable<NotificationFinding> CheckAnswer(ObservedCall call)
    {
        if (call.Response is not AsyncNotifyResult result)
        {
            return call.ResponseStub.IsEmpty
                ? []
                : [new(call, "SWN-R039", "stub", "RESP_ASYNC_NOTIFY and a status", call.Unreadable ?? "other bytes")];
        }

        var registration = call.Request is HandleRequest request
            ? _registrations.GetValueOrDefault(request.Context)
            : null;
        return CheckStatus(call, result, registration)
            .Concat(result.Response is { } told ? CheckContent(call, told, registration) : []);
    }

    // [MS-SWN] 3.1.4.4, 3.1.5.2
    private static IEnumerable<NotificationFinding> CheckStatus(
        ObservedCall call, AsyncNotifyResult result, Registered? registration)
    {
        var succeeded = result.Status == Win32Error.ERROR_SUCCESS;
        if (succeeded != result.Response is not null)
        {
            yield return new(
                call, "SWN-R113", "pResp",
                succeeded ? "a notification" : $"NULL with {TraceText.Status(result.Status)}",
                result.Response is null ? "NULL" : "a notification");
        }

        if (result.Status == Win32Error.ERROR_TIMEOUT && registration?.KeepAlive is { } keepAlive
            && call.TimeOnWire + ClockStep < keepAlive)
        {
            yield return new(
                call, "SWN-R146", "ERROR_TIMEOUT", $"after {Seconds(keepAlive)} or later",
                $"after {Seconds(call.TimeOnWire!.Value)}");
        }
    }

    // [MS-SWN] 2.2.2.4, 3.1.4.4
    private static IEnumerable<NotificationFinding> CheckContent(
        ObservedCall call, AsyncNotifyResponse told, Registered? registration)
    {
        foreach (var defect in WitnessBlobs.Inspect(told))
        {
            yield return new(call, defect.Requirement, defect.Field, defect.Expected, defect.Actual);
        }

        var (requirement, isMove) = told.MessageType switch
        {
            NotificationKind.CLIENT_MOVE_NOTIFICATION => ("SWN-R105", true),
            NotificationKind.SHARE_MOVE_NOTIFICATION => ("SWN-R109", true),
            NotificationKind.IP_CHANGE_NOTIFICATION => ("SWN-R110", true),
            _ => ("SWN-R103", false),
        };
        if (isMove && told.NumberOfMessages != 1)
        {
            yield return new(call, requirement, "NumberOfMessages", "1", $"{told.NumberOfMessages}");
        }

        if (registration is not null && Uninvited(told.MessageType, registration) is { } uninvited)
        {
            yield return new(
                call, uninvited.Requirement, "MessageType", uninvited.Expected, TraceText.Kind(told.MessageType));
        }
    }

    // [MS-SWN] 3.1.4.4, 3.1.4.5
    private static (string Requirement, string Expected)? Uninvited(
        NotificationKind kind, Registered registration) => (kind, registration) switch
        {
            (NotificationKind.SHARE_MOVE_NOTIFICATION, { IsV2: false }) =>
                ("SWN-R109", "no SHARE_MOVE for a registration of version 1"),
            (NotificationKind.IP_CHANGE_NOTIFICATION, { IsV2: false }) =>
                ("SWN-R110", "no IP_CHANGE for a registration of version 1"),
            (NotificationKind.SHARE_MOVE_NOTIFICATION, { HasShare: false }) =>
                ("SWN-R132", "no SHARE_MOVE for a registration without ShareName"),
            (NotificationKind.IP_CHANGE_NOTIFICATION, { WantsAddresses: false }) =>
                ("SWN-R133", "no IP_CHANGE for a registration without WITNESS_REGISTER_IP_NOTIFICATION"),
            _ => null,
        };

    private static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F3} s");

    private sealed record Registered(bool IsV2, bool HasShare, bool WantsAddresses, TimeSpan? KeepAlive);
}
