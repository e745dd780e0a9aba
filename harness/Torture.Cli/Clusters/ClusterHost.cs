using System.Net.Sockets;
using System.Text;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Targets.Hooks;

namespace Torture.Cli.Clusters;

/// <summary>
/// The cluster of <c>torture cluster up</c>: it lives as long as that command, and answers the others on a socket, one
/// line of words each, which is answered by text until the connection ends.
/// </summary>
internal sealed class ClusterHost(ICluster cluster, CancellationTokenSource down)
{
    private readonly List<Fault> _broken = [];
    private readonly SemaphoreSlim _one = new(1, 1);

    public static string SocketPath { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? Path.GetTempPath(),
        $"torture-cluster-{Environment.UserName}{Environment.GetEnvironmentVariable("TORTURE_CLUSTER")}.sock");

    public async Task ServeAsync()
    {
        File.Delete(SocketPath);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        listener.Listen();
        try
        {
            while (true)
            {
                await TryAnswerAsync(await listener.AcceptAsync(down.Token));
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            File.Delete(SocketPath);
        }
    }

    /// <summary>The other commands ask one cluster.</summary>
    /// <exception cref="TargetUnusableException">There is one.</exception>
    public static async Task RefuseSecondAsync(CancellationToken cancellationToken)
    {
        if (await IsUpAsync(cancellationToken))
        {
            throw new TargetUnusableException("a cluster is up already: end it with `torture cluster down`");
        }
    }

    public static async Task<bool> IsUpAsync(CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken);
        return socket is not null;
    }

    /// <summary>Sends words to a cluster that is up, and prints what it says.</summary>
    public static async Task<int> AskAsync(IEnumerable<string> words, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken);
        if (socket is null)
        {
            Console.Error.WriteLine("torture: no cluster is up: start one with `torture cluster up`");
            return ExitCode.Unusable;
        }

        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Join(' ', words) + "\n"), cancellationToken);
        using var reader = new StreamReader(stream);
        var said = await reader.ReadToEndAsync(cancellationToken);
        var failed = said.StartsWith("torture: ", StringComparison.Ordinal);
        (failed ? Console.Error : Console.Out).Write(said);
        return failed ? ExitCode.Usage : ExitCode.Conforms;
    }

    /// <returns>Null: nobody answers.</returns>
    private static async Task<Socket?> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private async Task TryAnswerAsync(Socket asked)
    {
        try
        {
            await AnswerAsync(asked);
        }
        catch (IOException)
        {
            // Who asked has left.
        }
    }

    private async Task AnswerAsync(Socket asked)
    {
        await using var stream = new NetworkStream(asked, ownsSocket: true);
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream);
        await _one.WaitAsync();
        try
        {
            if (await reader.ReadLineAsync(down.Token) is not { } line)
            {
                // Somebody looked whether anybody answers.
                return;
            }

            await writer.WriteAsync(await DoAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        }
        catch (Exception refused) when (refused is FormatException or IOException or InconclusiveException
            or NotSupportedByTargetException)
        {
            await writer.WriteLineAsync($"torture: {refused.Message}");
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<string> DoAsync(string[] words)
    {
        switch (words)
        {
            case ["status"]:
                return Describe(await cluster.ObserveAsync(down.Token));
            case ["break", .. var fault]:
                var broken = FaultWords.Parse(fault, cluster);
                await cluster.ApplyAsync(broken, down.Token);
                _broken.AddRange(broken.IsEvent ? [] : [broken]);
                return $"{broken}\n";
            case ["status", "--json"]:
                return ObservationJson.Write(await cluster.ObserveAsync(down.Token)) + "\n";
            case ["heal"]:
                return await HealAllAsync();
            case ["heal", .. var healed]:
                return await HealAsync(FaultWords.Parse(healed, cluster));
            case ["logs", var name]:
                var node = cluster.Nodes.FirstOrDefault(node => node.Name == name)
                    ?? throw new FormatException($"no node {name}");
                return await cluster.ReadLogAsync(node, down.Token) ?? "";
            case ["down"]:
                await down.CancelAsync();
                return "down\n";
            default:
                throw new FormatException($"unknown words: {string.Join(' ', words)}");
        }
    }

    private async Task<string> HealAsync(Fault fault)
    {
        if (!_broken.Remove(fault))
        {
            return $"not broken: {fault}\n";
        }

        await cluster.HealAsync(fault, down.Token);
        return $"healed: {fault}\n";
    }

    private async Task<string> HealAllAsync()
    {
        var said = new StringBuilder();
        for (var i = _broken.Count - 1; i >= 0; i--)
        {
            await cluster.HealAsync(_broken[i], down.Token);
            said.Append($"healed: {_broken[i]}\n");
            _broken.RemoveAt(i);
        }

        return said.Length > 0 ? said.ToString() : "nothing was broken\n";
    }

    /// <summary>A tab-separated line a node.</summary>
    private string Describe(ClusterObservation seen)
    {
        var lines = new StringBuilder("node\taddress\tstate\tprocess\tleader\tgeneration\towns\tregistrations\n");
        foreach (var node in seen.Nodes)
        {
            lines.AppendJoin('\t',
                node.Node.Name, node.Node.Address, node.Reachable ? node.State : "silent", node.Process,
                node.Leader ?? "-", node.Generation, string.Join(',', node.Owned), node.Registrations.Count);
            lines.Append('\n');
        }

        _broken.ForEach(fault => lines.Append($"broken\t{fault}\n"));
        return lines.ToString();
    }
}
