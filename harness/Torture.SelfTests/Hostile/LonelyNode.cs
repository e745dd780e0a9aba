using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using Torture.Protocol;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Rpc;
using Torture.ReferenceServer.Control;
using Torture.SelfTests.Loopback;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Hostile;

/// <summary>A real node, alone in its cluster, that has to bear what tests send it; and whether it goes on.</summary>
internal sealed class LonelyNode : IAsyncDisposable
{
    public const string Name = "n1";

    private readonly TemporaryFolder _folder = new();
    private ReferenceCluster? _cluster;

    public ReferenceCluster Cluster => _cluster!;

    public int ProcessId { get; private set; }

    private string Log => Path.Combine(Cluster.Configuration.LogFolder!, Name + ".log");

    public static async Task<LonelyNode> UpAsync(int nodes = 1)
    {
        var lonely = new LonelyNode();
        var options = lonely._folder.Options with
        {
            Nodes = nodes,
            Settings = new Dictionary<string, string> { ["capture"] = "off", ["ipv6"] = "off" },
        };
        lonely._cluster = (ReferenceCluster)await new LoopbackTarget().UpAsync(options, CancellationToken.None);
        lonely.ProcessId = (await lonely.ObserveAsync(CancellationToken.None)).ProcessId;
        return lonely;
    }

    public async Task<NodeStatus> ObserveAsync(CancellationToken cancellationToken) =>
        (await NodePort.AskAsync(
            Cluster.Configuration, Name, new ControlRequest(ControlVerb.Observe), cancellationToken)).Status!;

    public async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = ControlSocket.PathOf(Cluster.Configuration, Name);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Sends bytes and says that nothing more comes; the lines that are answered.</summary>
    public async Task<IReadOnlyList<string>> SayAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await using var stream = (NetworkStream)await ConnectAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
            stream.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            // It had heard enough before all was said.
        }

        using var reader = new StreamReader(stream);
        try
        {
            var answers = await reader.ReadToEndAsync(cancellationToken);
            return answers.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }

    public Task<IReadOnlyList<string>> SayAsync(string text, CancellationToken cancellationToken) =>
        SayAsync(Encoding.UTF8.GetBytes(text), cancellationToken);

    /// <summary>Control port and endpoint mapper answer; nothing has gone wrong that was not foreseen.</summary>
    public async Task MustServeAsync(CancellationToken cancellationToken)
    {
        (await ObserveAsync(cancellationToken)).ProcessId.Should().Be(ProcessId, "it is the process that it was");
        using var client = Cluster.ClaimClient("hostile");
        var node = Cluster.Nodes[0];
        var mapper = new IPEndPoint(node.Address, Cluster.Ports.EndpointMapper);
        var connection = await Cluster.ConnectAsync(client.Address, mapper, cancellationToken);
        (await EndpointMapperClient.MapAsync(
            connection.Stream, connection.Local, connection.Remote, SyntaxId.Witness, cancellationToken))
            .Should().NotBeEmpty();
        (await File.ReadAllTextAsync(Log, cancellationToken)).Should().NotContain("   at ", "no stack trace is logged");
    }

    /// <summary>Resident memory, bytes.</summary>
    public long Memory() => long.Parse(
        File.ReadLines($"/proc/{ProcessId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;

    public int OpenFiles() => Directory.EnumerateFileSystemEntries($"/proc/{ProcessId}/fd").Count();

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _folder.Dispose();
    }
}
