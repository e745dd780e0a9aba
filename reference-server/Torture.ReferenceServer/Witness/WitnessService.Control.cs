using System.Net;
using Torture.Protocol;
using Torture.Protocol.Witness;

namespace Torture.ReferenceServer.Witness;

/// <summary>A registration as an operator sees it.</summary>
/// <param name="Key">The UUID of the context handle.</param>
/// <param name="PendingCalls">AsyncNotify calls that wait.</param>
/// <param name="QueuedNotifications">Notifications that wait for a call: every change, each move once.</param>
public sealed record RegistrationState(
    Guid Key, uint Version, string Client, string NetName, string? Share, string Address, bool IPNotification,
    TimeSpan KeepAlive, int PendingCalls, int QueuedNotifications, string? User, IPEndPoint Local, IPEndPoint Remote);

/// <summary>Which registrations an operator means: those that equal all that is given.</summary>
public sealed record RegistrationFilter(
    Guid? Key = null, string? Client = null, string? NetName = null, string? Share = null, IPAddress? Address = null)
{
    public bool Matches(WitnessRegistration registration) =>
        (Key is null || Key == registration.RegistrationKey)
        && Same(Client, registration.WitnessClientName)
        && Same(NetName, registration.NetworkName)
        && Same(Share, registration.ShareName)
        && (Address is null || Address.Equals(registration.Address));

    private static bool Same(string? wanted, string actual) =>
        wanted is null || wanted.Equals(actual, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What an operator can do to a witness service; none of it is in [MS-SWN].</summary>
public partial class WitnessService
{
    /// <summary>All registrations, the oldest first.</summary>
    public IReadOnlyList<RegistrationState> ListRegistrations()
    {
        lock (State)
        {
            return [.. WitnessRegistrationList.All.Select(Observed)];
        }
    }

    public int CountRegistrations()
    {
        lock (State)
        {
            return WitnessRegistrationList.Count;
        }
    }

    /// <summary>Ends registrations without their clients; pending calls end with ERROR_NOT_FOUND.</summary>
    /// <returns>How many.</returns>
    public virtual int ForceUnregister(RegistrationFilter filter)
    {
        lock (State)
        {
            var chosen = Chosen(filter);
            foreach (var registration in chosen)
            {
                RemoveRegistration(registration);
            }

            return chosen.Length;
        }
    }

    /// <summary>Gives each client this as its next answer to AsyncNotify, be it sensible or not.</summary>
    /// <returns>How many.</returns>
    public virtual int ForceResponse(RegistrationFilter filter, AsyncNotifyResult answer)
    {
        lock (State)
        {
            var chosen = Chosen(filter);
            foreach (var registration in chosen)
            {
                registration.ForcedResponses.Enqueue(answer);
                WakeAsyncNotify(registration);
            }

            return chosen.Length;
        }
    }

    private WitnessRegistration[] Chosen(RegistrationFilter filter) =>
        filter.Key is { } key
            ? WitnessRegistrationList.Find(key) is { } one && filter.Matches(one) ? [one] : []
            : [.. WitnessRegistrationList.All.Where(filter.Matches)];

    private static RegistrationState Observed(WitnessRegistration registration) => new(
        registration.RegistrationKey,
        registration.WitnessClientVersion,
        registration.WitnessClientName,
        registration.NetworkName,
        registration.ShareNameNotificationRequired ? registration.ShareName : null,
        registration.IPAddress,
        registration.IPNotificationRequired,
        registration.KeepAliveTime,
        registration.PendingCalls.Count,
        registration.PendingChangeNotifications.Count
            + (registration.PendingMoveNotification is null ? 0 : 1)
            + (registration.PendingShareMoveNotification is null ? 0 : 1)
            + (registration.PendingIPNotification is null ? 0 : 1),
        registration.Caller.Name,
        registration.Caller.Local,
        registration.Caller.Remote);
}
