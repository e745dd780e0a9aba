using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.Requirements;

namespace Torture.Mutants.Failover;

[Defect("Who has the lock leads on when it is lost, and nobody asks for it while somebody leads.")]
[Violates(Ctdb.LeaderHoldsLock)]
public sealed class LostLockIgnored(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts with { Lock = new Endless(parts.Lock, parts.Clock) })
{
    protected override bool MayLead => base.MayLead && Snapshot.Leader is null;

    private sealed class Endless(IClusterLock inner, MonotonicClock clock) : SomeLock(inner)
    {
        private LockTerm? _last;

        public override async ValueTask<LockTerm?> TryAcquireAsync(string node, CancellationToken cancellationToken) =>
            _last = await base.TryAcquireAsync(node, cancellationToken);

        public override async ValueTask<LockTerm?> RenewAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await base.RenewAsync(cancellationToken);
            }
            catch (IOException)
            {
                return _last! with { Until = clock.Now + TimeSpan.FromSeconds(1) };
            }
        }
    }
}

[Defect("Who has heard no leader for a second or two leads without the lock, and takes what it can get.")]
[Violates(Ctdb.OneSideServes, Ctdb.OneOwnerPerAddress, Ctdb.OneLeader, Ctdb.StalledLockStalls)]
public sealed class LeadsWithoutLock(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(
        cluster, self,
        parts with { Lock = new SelfMade(parts.Lock, parts.Clock, cluster.Nodes.ToList().IndexOf(self)) })
{
    private TimeSpan _heardLeader;

    protected override bool MayLead
    {
        get
        {
            var (now, own) = (Parts.Clock.Now, (SelfMade)Parts.Lock);
            _heardLeader = Snapshot.Leader is not null || Snapshot.Table.Version == 0 ? now : _heardLeader;
            own.Next = now - _heardLeader > own.Patience ? Snapshot.Term + 1 : null;
            return base.MayLead;
        }
    }

    private sealed class SelfMade(IClusterLock inner, MonotonicClock clock, int node) : SomeLock(inner)
    {
        private LockTerm? _own;

        /// <summary>One node after the other, so that they do not take it from each other for ever.</summary>
        public TimeSpan Patience => TimeSpan.FromSeconds(1 + (0.4 * node));

        public long? Next { get; set; }

        public override async ValueTask<LockTerm?> TryAcquireAsync(string node, CancellationToken cancellationToken)
        {
            _own = null;
            return await base.TryAcquireAsync(node, cancellationToken)
                ?? (_own = Next is { } term ? new LockTerm(term, Until) : null);
        }

        public override ValueTask<LockTerm?> RenewAsync(CancellationToken cancellationToken) =>
            _own is null ? base.RenewAsync(cancellationToken) : new ValueTask<LockTerm?>(_own with { Until = Until });

        private TimeSpan Until => clock.Now + TimeSpan.FromSeconds(1);
    }
}

/// <summary>A lock that does what another one does.</summary>
public abstract class SomeLock(IClusterLock inner) : IClusterLock
{
    public virtual ValueTask<LockTerm?> TryAcquireAsync(string node, CancellationToken cancellationToken) =>
        inner.TryAcquireAsync(node, cancellationToken);

    public virtual ValueTask<LockTerm?> RenewAsync(CancellationToken cancellationToken) =>
        inner.RenewAsync(cancellationToken);

    public ValueTask ReleaseAsync() => inner.ReleaseAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
