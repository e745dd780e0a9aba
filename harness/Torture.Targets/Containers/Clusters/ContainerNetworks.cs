using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Targets.Containers.Engine;
using Torture.Targets.Reference;

namespace Torture.Targets.Containers.Clusters;

/// <summary>
/// The private and the public network of a cluster. Clients are addresses of this host on the bridge of the public one:
/// its kernel resolves addresses, keeps TCP states and answers tickles as any client's would.
/// </summary>
internal sealed class ContainerNetworks : IAddressBook
{
    /// <summary>Of the host on a network: the bridge's own.</summary>
    private const int Host = 1;
    private const int FirstNode = 11;
    private const int FirstPublic = 101;
    private const int FirstClient = 128;
    private const int Clients = 126;
    private const int Everybody = 255;
    private const int Discard = 9;

    private readonly RunNetwork _private;
    private readonly RunNetwork _public;
    private readonly ConcurrentQueue<int> _free = new(Enumerable.Range(FirstClient, Clients));

    private ContainerNetworks(RunNetwork @private, RunNetwork @public) => (_private, _public) = (@private, @public);

    /// <summary>For people: the range of the public one.</summary>
    public string Range => _public.Range.Subnet.ToString();

    public IReadOnlyList<string> Bridges => [_private.Range.Bridge, _public.Range.Bridge];

    public string BridgeOf(NodeLink link) => (link == NodeLink.Private ? _private : _public).Range.Bridge;

    /// <summary>Host and broadcast address of each, where markers go from and to.</summary>
    public IReadOnlyList<(IPAddress From, IPEndPoint To)> MarkerPaths =>
        [.. new[] { _private, _public }.Select(network =>
            (network.Address(Host), new IPEndPoint(network.Address(Everybody), Discard)))];

    /// <exception cref="EngineException">No range is free.</exception>
    public static async Task<ContainerNetworks> CreateAsync(
        IContainerEngine engine, bool ipv6, CancellationToken cancellationToken)
    {
        var networks = new ContainerNetworks(
            await RunNetwork.CreateAsync(engine, "private", cancellationToken),
            await RunNetwork.CreateAsync(engine, "public", cancellationToken));
        await networks.AddClientsAsync(ipv6, cancellationToken);
        return networks;
    }

    public IPAddress Private(int node) => _private.Address(FirstNode + node);

    public IPAddress Node(int node) => _public.Address(FirstNode + node);

    public IPAddress Node6(int node) => _public.Address6(FirstNode + node);

    public IPAddress Public(int index) => _public.Address(FirstPublic + index);

    public IPAddress Public6(int index) => _public.Address6(FirstPublic + index);

    /// <summary>The name of each network and the node's own addresses there.</summary>
    public IReadOnlyList<Attachment> AttachmentsOf(int node) =>
    [
        new(_private.Network.Name, Private(node), _private.Address6(FirstNode + node)),
        new(_public.Network.Name, Node(node), Node6(node)),
    ];

    /// <exception cref="InconclusiveException">All are in use.</exception>
    public CaseClient ClaimClient(string name, bool ipv6) => _free.TryDequeue(out var number)
        ? new CaseClient(
            name, _public.Address(number), ipv6 ? _public.Address6(number) : null, () => _free.Enqueue(number))
        : throw new InconclusiveException($"all {Clients} client addresses of {_public.Range.Subnet} are in use");

    /// <summary>They go with the bridge.</summary>
    private async Task AddClientsAsync(bool ipv6, CancellationToken cancellationToken)
    {
        var batch = new StringBuilder();
        foreach (var number in _free)
        {
            batch.Append(CultureInfo.InvariantCulture, $"addr add {_public.Address(number)}/24 dev {Bridges[1]}\n");
            if (ipv6)
            {
                batch.Append(
                    CultureInfo.InvariantCulture, $"addr add {_public.Address6(number)}/64 dev {Bridges[1]} nodad\n");
            }
        }

        using var ip = Process.Start(new ProcessStartInfo("ip", ["-batch", "-"])
        {
            RedirectStandardInput = true, RedirectStandardError = true,
        })!;
        var said = ip.StandardError.ReadToEndAsync(cancellationToken);
        await ip.StandardInput.WriteAsync(batch, cancellationToken);
        ip.StandardInput.Close();
        await ip.WaitForExitAsync(cancellationToken);
        if (ip.ExitCode != 0)
        {
            throw new TargetUnusableException($"no client addresses on {Bridges[1]}: {(await said).Trim()}");
        }
    }
}
