using System.Diagnostics;
using System.Net;
using Torture.ReferenceServer.Control;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.Takeover;

/// <summary>A cluster of one node, as a process on loopback addresses, and programs that are run beside it.</summary>
internal sealed class LoneNode : IDisposable
{
    public const string Name = "n1";

    private readonly TemporaryFolder _folder = new();
    private readonly NodeSpawner _spawner = new();

    public LoneNode(NetworkSettings? network = null, string address = "127.66.9.31")
    {
        ClusterFilePath = Path.Combine(_folder.Path, "cluster.json");
        File.WriteAllText(ClusterFilePath, ClusterFile.Write(new ClusterConfiguration
        {
            Name = "lone",
            NetName = "WITNESSED",
            Nodes = [new NodeEntry(Name, IPAddress.Parse("127.66.9.11"), IPAddress.Parse(address))],
            PublicAddresses = [IPAddress.Parse("127.66.9.101")],
            Ports = new PortSettings { EndpointMapper = 10_135, Smb = 10_445, Witness = 49_152, Link = 14_379 },
            Profile = FailoverProfile.Fast,
            Lock = new LockSettings(LockKind.Lease, Path.Combine(_folder.Path, "lock")),
            ControlFolder = _folder.Path,
            LogFolder = _folder.Path,
            Network = network,
        }));
    }

    public string ClusterFilePath { get; }

    /// <summary>The node, once it is ready.</summary>
    public async Task<Process> StartAsync(CancellationToken cancellationToken)
    {
        var node = Run(
            [], "node", "--cluster", ClusterFilePath, "--name", Name, "--parent", $"{Environment.ProcessId}");
        var said = await node.StandardOutput.ReadLineAsync(cancellationToken);
        return said == "ready"
            ? node
            : throw new InvalidOperationException(await node.StandardError.ReadToEndAsync(cancellationToken));
    }

    public Process Run(IReadOnlyList<string> prefix, params string[] arguments) => _spawner.Start(prefix, arguments);

    /// <summary>Runs a program to its end.</summary>
    public async Task<(int ExitCode, string Complaint)> EndAsync(
        Process process, CancellationToken cancellationToken)
    {
        process.StandardInput.Close();
        var complaint = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, complaint.Trim());
    }

    public void Dispose()
    {
        // With its thread the node ends.
        _spawner.Dispose();
        _folder.Dispose();
    }
}
