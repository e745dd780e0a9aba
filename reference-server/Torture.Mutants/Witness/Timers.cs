using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using Torture.Requirements;

namespace Torture.Mutants.Witness;

[Defect("The keep-alive timer is never armed.")]
[Violates(Swn.KeepAliveElapses)]
public sealed class NeverTimesOut(NodeParts parts) : WitnessService(parts)
{
    protected override TimeSpan KeepAlive(WitnessRegistration registration) => Timeout.InfiniteTimeSpan;
}

[Defect("A pending call fails after half of its keep-alive time.")]
[Violates(Swn.KeepAliveNeverEarly)]
public sealed class TimesOutEarly(NodeParts parts) : WitnessService(parts)
{
    protected override TimeSpan KeepAlive(WitnessRegistration registration) =>
        IsVersion2(registration) ? base.KeepAlive(registration) / 2 : base.KeepAlive(registration);
}

[Defect("A pending call fails after three times its keep-alive time and ten seconds.")]
[Violates(Swn.KeepAliveInSeconds, Swn.PendingTimer)]
public sealed class TimesOutFarTooLate(NodeParts parts) : WitnessService(parts)
{
    protected override TimeSpan KeepAlive(WitnessRegistration registration) => IsVersion2(registration)
        ? base.KeepAlive(registration) * 3 + TimeSpan.FromSeconds(10)
        : base.KeepAlive(registration);
}

[Defect("The keep-alive time is taken for milliseconds.")]
[Violates(Swn.KeepAliveInSeconds, Swn.KeepAliveNeverEarly)]
public sealed class KeepAliveInMilliseconds(NodeParts parts) : WitnessService(parts)
{
    protected override TimeSpan KeepAlive(WitnessRegistration registration) =>
        IsVersion2(registration) ? base.KeepAlive(registration) / 1000 : base.KeepAlive(registration);
}

[Defect("A keep-alive time of 0 means no time-out.")]
[Violates(Swn.KeepAliveZero)]
public sealed class KeepAliveZeroWaitsForEver(NodeParts parts) : WitnessService(parts)
{
    protected override TimeSpan KeepAlive(WitnessRegistration registration) =>
        base.KeepAlive(registration) == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : base.KeepAlive(registration);
}

[Defect("Calls of version 1 clients time out at the next sweep, and their registrations stay.")]
[Violates(Swn.Version1Timers)]
public sealed class Version1TimesOut(NodeParts parts) : WitnessService(parts)
{
    protected override TimeSpan KeepAlive(WitnessRegistration registration) =>
        IsVersion2(registration) ? base.KeepAlive(registration) : TimeSpan.Zero;

    protected override bool IsUnused(WitnessRegistration registration) =>
        IsVersion2(registration) && base.IsUnused(registration);
}

[Defect("A call whose keep-alive time has passed ends with ERROR_NOT_FOUND.")]
[Violates(Swn.KeepAliveElapses)]
public sealed class TimeoutIsNotFound(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error KeepAliveElapsed(WitnessRegistration registration) => Win32Error.ERROR_NOT_FOUND;
}

[Defect("A call whose keep-alive time has passed ends with ERROR_SUCCESS and nothing.")]
[Violates(Swn.KeepAliveElapses)]
public sealed class TimeoutIsSuccess(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error KeepAliveElapsed(WitnessRegistration registration) => Win32Error.ERROR_SUCCESS;
}

[Defect("The registration goes when its call times out.")]
[Violates(Swn.KeepAliveElapses)]
public sealed class TimeoutEndsRegistration(NodeParts parts) : WitnessService(parts)
{
    private readonly List<WitnessRegistration> _lost = [];

    protected override Win32Error KeepAliveElapsed(WitnessRegistration registration)
    {
        _lost.Add(registration);
        return base.KeepAliveElapsed(registration);
    }

    protected override void AsyncNotifyPendingTimerExpired()
    {
        base.AsyncNotifyPendingTimerExpired();
        lock (State)
        {
            _lost.ForEach(RemoveRegistration);
            _lost.Clear();
        }
    }
}

[Defect("A registration that nobody uses stays.")]
[Violates(Swn.UnusedRegistrationReaped, Swn.UnusedRegistrationTimer)]
public sealed class NeverReaps(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsUnused(WitnessRegistration registration) => false;
}

[Defect("A version 2 registration that nobody uses stays.")]
[Violates(Swn.UnusedRegistrationReaped)]
public sealed class NeverReapsExtended(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsUnused(WitnessRegistration registration) =>
        !IsVersion2(registration) && base.IsUnused(registration);
}

[Defect("A registration goes after a third of the time.")]
[Violates(Swn.UsedRegistrationKept, Swn.UnusedRegistrationReaped)]
public sealed class ReapsEarly(NodeParts parts) : WitnessService(parts)
{
    protected override TimeSpan UnusedRegistrationTimeout(WitnessRegistration registration) =>
        base.UnusedRegistrationTimeout(registration) / 3;
}

[Defect("A registration goes while its AsyncNotify is pending.")]
[Violates(Swn.UsedRegistrationKept, Swn.AsyncNotifyStartsUse)]
public sealed class ReapsWhilePending(NodeParts parts) : WitnessService(parts)
{
    protected override void AsyncNotifyAccepted(WitnessRegistration registration)
    {
        base.AsyncNotifyAccepted(registration);
        registration.IsAsyncNotifyRegistered = false;
    }
}

[Defect("Only registering counts as a use.")]
[Violates(Swn.UsedRegistrationKept, Swn.AsyncNotifyEndsUse)]
public sealed class PollingIsNoUse(NodeParts parts) : WitnessService(parts)
{
    protected override void AsyncNotifyAccepted(WitnessRegistration registration) =>
        registration.IsAsyncNotifyRegistered = true;

    protected override void AsyncNotifyAnswered(WitnessRegistration registration) =>
        registration.IsAsyncNotifyRegistered = registration.PendingCalls.Count > 0;
}

[Defect("A registration that was polled once is never unused again.")]
[Violates(Swn.AsyncNotifyEndsUse)]
public sealed class PolledOnceIsUsedForEver(NodeParts parts) : WitnessService(parts)
{
    protected override void AsyncNotifyAnswered(WitnessRegistration registration) => registration.LastUseTime = Now;
}

[Defect("A cancelled AsyncNotify goes on waiting.")]
[Violates(Swn.CancelledNotify, Rpce.CancelFault)]
public sealed class IgnoresCancel(NodeParts parts) : WitnessService(parts)
{
    protected override bool AsyncNotifyAbandoned(RpcServerCall call, PendingNotify pending) =>
        call.AbortReason != AbortReason.Cancelled && base.AsyncNotifyAbandoned(call, pending);
}

[Defect("A cancelled AsyncNotify takes its registration along.")]
[Violates(Swn.CancelledNotify)]
public sealed class CancelEndsRegistration(NodeParts parts) : WitnessService(parts)
{
    protected override bool AsyncNotifyAbandoned(RpcServerCall call, PendingNotify pending)
    {
        var abandoned = base.AsyncNotifyAbandoned(call, pending);
        RemoveRegistration(pending.Registration);
        return abandoned;
    }
}

[Defect("A cancelled AsyncNotify still swallows the next notification.")]
[Violates(Swn.CancelledNotify)]
public sealed class CancelledCallSwallowsNotification(NodeParts parts) : WitnessService(parts)
{
    protected override bool AsyncNotifyAbandoned(RpcServerCall call, PendingNotify pending) => true;
}
