using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Torture.Harness.Clusters;
using Torture.Harness.Running;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;
using Torture.ReferenceServer.Control;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.Cli.Bench;

/// <summary>
/// A loopback cluster of three nodes without capture and key log, for measuring its first node; clients are plain
/// <see cref="RpcClient"/>s of this process.
/// </summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private const int SourceAddresses = 16;

    private readonly string _folder;
    private readonly ReferenceCluster _cluster;
    private readonly CaseClient[] _sources;
    private readonly NtlmCredential _credential;
    private IPEndPoint _witness = null!;
    private int _next;

    private BenchCluster(string folder, ReferenceCluster cluster)
    {
        (_folder, _cluster) = (folder, cluster);
        var account = cluster.Accounts[0];
        _credential = new NtlmCredential(account.User, account.Password, account.Domain);
        _sources = [.. Enumerable.Range(0, SourceAddresses).Select(_ => cluster.ClaimClient("bench"))];
    }

    public ICluster Cluster => _cluster;

    public Harness.Clusters.Node Node => _cluster.Nodes[0];

    /// <summary>An address that another node holds: for the witness of <see cref="Node"/>.</summary>
    public PublicAddress Address { get; private set; } = null!;

    /// <summary>Who holds it, whose name notifications carry.</summary>
    public Harness.Clusters.Node Owner { get; private set; } = null!;

    public static async Task<BenchCluster> UpAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("torture-bench-").FullName;
        var options = new TargetOptions
        {
            Name = "loopback",
            RunId = $"bench-{Environment.ProcessId}",
            Folder = folder,
            Keys = false,
            Settings = new Dictionary<string, string> { ["capture"] = "off", ["ipv6"] = "off" },
        };
        var cluster = await TargetCatalogue.Get(options.Name).UpAsync(options, cancellationToken);
        var bench = new BenchCluster(folder, (ReferenceCluster)cluster);
        try
        {
            await bench.PrepareAsync(cancellationToken);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection of its own, bound with NTLM, from one of several source addresses in turn.</summary>
    public async Task<RpcClient> BindAsync(AuthenticationLevel level, CancellationToken cancellationToken)
    {
        var source = _sources[Interlocked.Increment(ref _next) % _sources.Length];
        var connection = await _cluster.ConnectAsync(source.Address, _witness, cancellationToken);
        var options = new RpcClientOptions
        {
            Interface = SyntaxId.Witness,
            Level = level,
            SecurityContext = new NtlmInitiator(_credential, TimeProvider.System, RandomNumberGenerator.Fill),
        };
        return await RpcClient.BindAsync(
            connection.Stream, connection.Local, connection.Remote, options, cancellationToken);
    }

    /// <summary>Several connections, made in parallel batches so that the server's backlog is never full.</summary>
    public async Task<RpcClient[]> BindAllAsync(
        int count, AuthenticationLevel level, CancellationToken cancellationToken)
    {
        const int atOnce = 64;
        var clients = new RpcClient[count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(
            0, count, options, async (i, stop) => clients[i] = await BindAsync(level, stop));
        return clients;
    }

    public static Task CloseAllAsync(IEnumerable<RpcClient> clients) =>
        Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));

    /// <summary>What the first node holds, after a full collection there.</summary>
    public async Task<(NodeMemory Memory, IReadOnlyDictionary<string, long> Counters)> MeasureAsync(
        CancellationToken cancellationToken)
    {
        var before = await AskAsync(collected: false, cancellationToken);
        var resident = await ResidentAsync(before.ProcessId, cancellationToken);
        var after = await AskAsync(collected: true, cancellationToken);
        var collected = await ResidentAsync(after.ProcessId, cancellationToken);
        return (new NodeMemory(resident, collected, after.Counters["managedHeap"]), after.Counters);
    }

    /// <summary>Until the first node has seen all connections to its witness end.</summary>
    public Task UntilNoConnectionAsync(CancellationToken cancellationToken) => Poll.UntilAsync(
        async () => await AskAsync(collected: false, cancellationToken) is var status
            && status.Counters["witnessConnections"] == 0 ? status : null,
        TimeSpan.MaxValue, TimeProvider.System, cancellationToken);

    /// <summary>Processor time that the first node used so far.</summary>
    public async Task<TimeSpan> ProcessorTimeAsync(CancellationToken cancellationToken)
    {
        var status = await AskAsync(collected: false, cancellationToken);
        using var process = Process.GetProcessById(status.ProcessId);
        return process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources)
        {
            source.Dispose();
        }

        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var seen = await _cluster.ObserveAsync(cancellationToken);
        Address = _cluster.PublicAddresses.First(address => seen.OwnerOf(address) is { } owner && owner != Node);
        Owner = seen.OwnerOf(Address)!;
        var mapper = new IPEndPoint(Node.Address, _cluster.Ports.EndpointMapper);
        var connection = await _cluster.ConnectAsync(_sources[0].Address, mapper, cancellationToken);
        var towers = await EndpointMapperClient.MapAsync(
            connection.Stream, connection.Local, connection.Remote, SyntaxId.Witness, cancellationToken);
        _witness = new IPEndPoint(Node.Address, PortOf(towers));
    }

    private static int PortOf(ImmutableArray<Tower> towers) =>
        towers.Select(tower => tower.Port).FirstOrDefault(port => port is not null)
        ?? throw new TargetUnusableException("the endpoint mapper does not know the witness");

    private async Task<NodeStatus> AskAsync(bool collected, CancellationToken cancellationToken)
    {
        var response = await NodePort.AskAsync(
            _cluster.Configuration, Node.Name, new ControlRequest(ControlVerb.Measure) { On = collected },
            cancellationToken);
        return response.Status!;
    }

    private static async Task<long> ResidentAsync(int process, CancellationToken cancellationToken) =>
        NodeMemory.ResidentOf(await File.ReadAllTextAsync($"/proc/{process}/status", cancellationToken));
}
