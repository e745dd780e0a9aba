using Torture.Protocol;
using Torture.Protocol.Rpc;

namespace Torture.ReferenceServer.Witness;

/// <summary>[MS-SWN] 3.1.2 and 3.1.5: two sweeps instead of a timer a call, so late by one period at most.</summary>
public partial class WitnessService
{
    /// <summary>3.1.5.1 Unused Registration Timer: those that nobody has used for too long go.</summary>
    protected virtual void UnusedRegistrationTimerExpired()
    {
        WitnessRegistration[] unused;
        lock (State)
        {
            unused = [.. WitnessRegistrationList.All.Where(IsUnused)];
            foreach (var registration in unused)
            {
                RemoveRegistration(registration);
            }
        }

        foreach (var registration in unused)
        {
            Parts.Log(
                $"registration {registration.RegistrationKey} of {registration.WitnessClientName} unused: ended");
        }
    }

    /// <summary>3.1.5.1: no call is pending, and LastUseTime plus the time-out is earlier than now.</summary>
    protected virtual bool IsUnused(WitnessRegistration registration) =>
        !registration.IsAsyncNotifyRegistered
        && IsPast(registration.LastUseTime, UnusedRegistrationTimeout(registration));

    /// <summary>3.1.5.1: of this implementation (product note 7: 30 seconds).</summary>
    protected virtual TimeSpan UnusedRegistrationTimeout(WitnessRegistration registration) =>
        Settings.UnusedRegistrationTimeout;

    /// <summary>3.1.5.2 AsyncNotify Pending Timer: calls that have waited for the keep-alive time fail.</summary>
    protected virtual void AsyncNotifyPendingTimerExpired()
    {
        lock (State)
        {
            foreach (var registration in WitnessRegistrationList.All)
            {
                while (registration.PendingCalls.First is { } first && HasWaitedTooLong(first.Value))
                {
                    Complete(first.Value, Failure(KeepAliveElapsed(registration)));
                }
            }
        }
    }

    /// <summary>
    /// 3.1.5.2: LastUseTime plus KeepAliveTime is earlier than now. Of several pending calls each has its own time:
    /// the request that was its use.
    /// </summary>
    protected virtual bool HasWaitedTooLong(PendingNotify pending) =>
        IsPast(pending.Since, KeepAlive(pending.Registration));

    /// <summary>3.1.5.2: KeepAliveTime of the registration; infinite for a version 1 client (A5).</summary>
    protected virtual TimeSpan KeepAlive(WitnessRegistration registration) => registration.KeepAliveTime;

    /// <summary>3.1.5.2: the call fails with this, and the registration stays.</summary>
    protected virtual Win32Error KeepAliveElapsed(WitnessRegistration registration) => Win32Error.ERROR_TIMEOUT;

    /// <summary>3.1.6.5: the last connection of the client ended, and with it what was registered over it.</summary>
    protected virtual void AssociationEnded(AssociationGroup group)
    {
        lock (State)
        {
            foreach (var registration in WitnessRegistrationList.OfAssociation(group).ToArray())
            {
                RemoveRegistration(registration);
            }

            WitnessRegistrationList.Forget(group);
        }
    }

    /// <summary>Strictly: at the very moment it is not past.</summary>
    private bool IsPast(long since, TimeSpan time) =>
        time != Timeout.InfiniteTimeSpan && Parts.Time.GetElapsedTime(since) > time;
}
