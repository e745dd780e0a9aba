using System.Net;
using Torture.Harness.Faults;
using Torture.Harness.Results;

namespace Torture.Harness.Clusters;

/// <summary>Passes everything on to another cluster: who derives from it overrides what it changes.</summary>
public abstract class PassingCluster(ICluster cluster) : ICluster
{
    public event Action<ClusterEvent>? Changed
    {
        add => cluster.Changed += value;
        remove => cluster.Changed -= value;
    }

    public string Target => cluster.Target;

    public string Id => cluster.Id;

    public string NetName => cluster.NetName;

    public IReadOnlyList<string> Aliases => cluster.Aliases;

    public IReadOnlyList<Node> Nodes => cluster.Nodes;

    public IReadOnlyList<PublicAddress> PublicAddresses => cluster.PublicAddresses;

    public IReadOnlyList<Share> Shares => cluster.Shares;

    public IReadOnlyList<Account> Accounts => cluster.Accounts;

    public ClusterPorts Ports => cluster.Ports;

    public Limits Limits => cluster.Limits;

    public virtual CapabilitySet Capabilities => cluster.Capabilities;

    public TimeProvider Time => cluster.Time;

    public ICaptureSession? Capture => cluster.Capture;

    public virtual IClusterTraffic? Traffic => cluster.Traffic;

    public int CasesAtOnce => cluster.CasesAtOnce;

    public Expectations Expectations => cluster.Expectations;

    public virtual ValueTask<Connection> ConnectAsync(
        IPAddress from, IPEndPoint to, CancellationToken cancellationToken) =>
        cluster.ConnectAsync(from, to, cancellationToken);

    public void AskEchoes(IPAddress address, int count) => cluster.AskEchoes(address, count);

    public virtual CaseClient ClaimClient(string caseId) => cluster.ClaimClient(caseId);

    public virtual Task<ClusterObservation> ObserveAsync(CancellationToken cancellationToken) =>
        cluster.ObserveAsync(cancellationToken);

    public virtual Task ApplyAsync(Fault fault, CancellationToken cancellationToken) =>
        cluster.ApplyAsync(fault, cancellationToken);

    public virtual Task HealAsync(Fault fault, CancellationToken cancellationToken) =>
        cluster.HealAsync(fault, cancellationToken);

    public Task<bool> RebuildAsync(CancellationToken cancellationToken) => cluster.RebuildAsync(cancellationToken);

    public Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken) =>
        cluster.ReadLogAsync(node, cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return cluster.DisposeAsync();
    }
}
