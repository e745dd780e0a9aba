using System.Net;
using NUnit.Framework;
using Torture.Harness.Checking;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Running;
using Torture.Harness.Witness;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Harness;

/// <summary>
/// What a case sees: a cluster, a nemesis, and verbs that decide requirements. It holds no state: each case has an
/// instance of its own.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public abstract class Suite
{
    private CaseRun? _case;

    /// <summary>The case that runs: set by <see cref="VerifiesAttribute"/>.</summary>
    internal CaseRun Case
    {
        get => _case ?? throw new InvalidOperationException("a case of a Suite carries [Verifies(...)]");
        set => _case = value;
    }

    /// <summary>The cluster under test; a case of <c>Suites.Local</c> has none.</summary>
    protected ICluster Cluster => Case.Cluster;

    protected Checks Check => Case.Check;

    protected INemesis Nemesis => Case.Nemesis;

    protected TimeProvider Time => Case.Time;

    /// <summary>Fires when the case has taken too long.</summary>
    protected CancellationToken Deadline => Case.Deadline;

    /// <summary>This case's client name and source addresses.</summary>
    protected CaseClient Client => Case.Client;

    /// <summary>Seeded by the run and the case.</summary>
    protected Random Random => Case.Random;

    /// <summary>Another client, for a case that needs two.</summary>
    protected CaseClient AnotherClient() => Case.ClaimClient();

    /// <summary>A line for the case's log and history.</summary>
    protected void Note(string text) => Case.Note(text);

    /// <summary>Lets a time pass that the specification names, or in which a defect would show.</summary>
    protected Task PassAsync(TimeSpan time) => Task.Delay(time, Time, Deadline);

    /// <summary>A bare TCP connection from the case's own client.</summary>
    protected ValueTask<Connection> OpenAsync(IPEndPoint to, CaseClient? client = null) =>
        Case.OpenAsync(to, client ?? Client);

    /// <summary>Endpoint mapper, then bind at integrity with NTLM, unless the options say otherwise.</summary>
    /// <exception cref="InconclusiveException">It did not succeed: a prerequisite of the case is missing.</exception>
    protected Task<WitnessConnection> ConnectAsync(Node node, ConnectOptions? options = null) =>
        Case.ConnectAsync(node.Address, options);

    protected Task<WitnessConnection> ConnectAsync(PublicAddress address, ConnectOptions? options = null) =>
        Case.ConnectAsync(address.Address, options);

    protected Task<WitnessConnection> ConnectAsync(IPAddress address, ConnectOptions? options = null) =>
        Case.ConnectAsync(address, options);

    /// <summary>For cases about the bind itself: a refusal is an outcome.</summary>
    protected Task<BindReply<WitnessConnection>> TryConnectAsync(Node node, ConnectOptions? options = null) =>
        Case.TryConnectAsync(node.Address, options);

    protected Task<BindReply<WitnessConnection>> TryConnectAsync(IPAddress address, ConnectOptions? options = null) =>
        Case.TryConnectAsync(address, options);

    /// <summary>Binds any interface at an endpoint, for calls of raw bytes.</summary>
    protected Task<RpcConnection> BindAsync(IPEndPoint endpoint, SyntaxId contract, ConnectOptions? options = null) =>
        Case.BindAsync(endpoint, contract, options);

    protected Task<BindReply<RpcConnection>> TryBindAsync(
        IPEndPoint endpoint, SyntaxId contract, ConnectOptions? options = null) =>
        Case.TryBindAsync(endpoint, contract, options);

    /// <summary>The endpoint mapper of an address, without a log-on.</summary>
    /// <exception cref="InconclusiveException">There is none.</exception>
    protected Task<RpcConnection> BindMapperAsync(IPAddress address) => Case.BindMapperAsync(address);

    /// <summary>Where the witness of a node listens, as its endpoint mapper says.</summary>
    protected Task<IPEndPoint> MapWitnessAsync(IPAddress address) => Case.MapAsync(address, SyntaxId.Witness);

    /// <summary>
    /// A registration of this case's client, by RegisterEx or, for version 1, by Register. Left out: the first public
    /// address, a node that does not own it, the cluster's name, a keep-alive of 120 s.
    /// </summary>
    /// <exception cref="InconclusiveException">It was refused: a prerequisite of the case is missing.</exception>
    protected Task<Registration> RegisterAsync(
        PublicAddress? address = null, Node? on = null, Share? share = null, string? netName = null,
        TimeSpan? keepAlive = null, RegisterFlags flags = RegisterFlags.WITNESS_REGISTER_NONE,
        uint version = WitnessVersion.V2, CaseClient? client = null, WitnessConnection? over = null,
        ConnectOptions? options = null) =>
        Case.RegisterAsync(new RegisterWish(
            address, on, share, netName, keepAlive, flags, version, client ?? Client, over, options));

    /// <summary>The one owner of an address; waits until there is one.</summary>
    protected Task<Node> OwnerOfAsync(PublicAddress address) => Case.OwnerOfAsync(address);

    /// <summary>
    /// The owner of an address once it is another than before, at most for the target's limit for failover; else the
    /// owner that there still is, or null: a check has the word.
    /// </summary>
    protected async Task<Node?> NextOwnerOfAsync(PublicAddress address, Node before) =>
        (await ObserveUntilAsync(seen => seen.OwnerOf(address) is { } owner && owner != before)).OwnerOf(address);

    /// <summary>The leader; waits until every node names the same one.</summary>
    protected Task<Node> LeaderAsync() => Case.LeaderAsync();

    /// <summary>A node that owns none of the addresses, so that its witness takes registrations for them.</summary>
    protected Task<Node> WitnessForAsync(params PublicAddress[] addresses) => Case.WitnessForAsync(addresses);

    /// <summary>
    /// Observes until it shows what is to become, at most for the limit (the target's for failover), and gives the
    /// last observation either way: a check has the word. What is so at rest, or on the way, says nothing.
    /// </summary>
    protected Task<ClusterObservation> ObserveUntilAsync(
        Func<ClusterObservation, bool> becomes, TimeSpan? limit = null) =>
        Case.AskUntilAsync(() => Cluster.ObserveAsync(Deadline), becomes, limit ?? Cluster.Limits.Failover);

    /// <summary>Waits until the observation shows it: for what a case needs, not for what it checks.</summary>
    /// <exception cref="InconclusiveException">Not within the limit for recovery.</exception>
    protected Task<ClusterObservation> UntilAsync(
        Func<ClusterObservation, bool> condition, string what, TimeSpan? limit = null) =>
        Case.UntilAsync(condition, what, limit);

    /// <summary>
    /// Asks again until the answer is as it is to become, at most for the limit (the target's for notifications), and
    /// gives the last answer either way: a check has the word.
    /// </summary>
    protected Task<T> AskUntilAsync<T>(Func<Task<T>> ask, Func<T, bool> becomes, TimeSpan? limit = null)
        where T : class =>
        Case.AskUntilAsync(ask, becomes, limit);

    /// <summary>
    /// Waits for what the case itself keeps track of, at most for the limit (the target's for failover and for a
    /// notification of it). False: it did not become so.
    /// </summary>
    protected async Task<bool> BecomesAsync(Func<bool> condition, TimeSpan? limit = null) => await AskUntilAsync(
        () => Task.FromResult(condition() ? this : null!), met => met is not null,
        limit ?? Cluster.Limits.Failover + Cluster.Limits.Notification) is not null;

    /// <summary>True where a notification came before the limit of silence: one that is somebody else's.</summary>
    protected async Task<bool> IsToldWithinSilenceAsync(Task<NotifyReply> reply) =>
        await ComesWithinSilenceAsync(reply) && (await reply).Response is not null;

    /// <summary>True where the task ended before the limit of silence: something came that should not.</summary>
    protected async Task<bool> ComesWithinSilenceAsync(Task task, TimeSpan? limit = null)
    {
        try
        {
            await task.WaitAsync(limit ?? Case.Limits.Silence, Time, Deadline);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
