using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Node.Keep;

/// <summary>The nodes of a cluster as processes of one host.</summary>
internal sealed class Keeper(string file, ClusterConfiguration cluster, Stream output)
{
    /// <summary>Longer requests end the connection that they come from, bytes.</summary>
    public const int MaximumLine = 4096;

    private const int KeptLines = 20;

    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private readonly Dictionary<string, KeptNode> _nodes = [];

    /// <summary>Called on the thread that spawns.</summary>
    public KeepMessage Execute(KeepRequest request)
    {
        try
        {
            return (request.Verb switch
            {
                KeepVerb.Spawn => Spawn(request),
                KeepVerb.Kill => Signal(request, Native.SIGKILL),
                KeepVerb.Stop => Signal(request, Native.SIGSTOP),
                KeepVerb.Continue => Signal(request, Native.SIGCONT),
                KeepVerb.Status => new KeepMessage { Ok = true, States = States() },
                KeepVerb.Unplug => Unplug(request),
                _ => Refused($"unknown verb \"{request.Verb}\""),
            }) with { Id = request.Id };
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            return Refused(failed.Message) with { Id = request.Id };
        }
    }

    /// <summary>One line to whoever holds the other end of standard output.</summary>
    public void Tell(KeepMessage message)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(message, KeepJson.Default.KeepMessage);
        lock (_writing)
        {
            try
            {
                output.Write([.. line, (byte)'\n']);
            }
            catch (IOException)
            {
                // Nobody listens any more; the end of standard input follows.
            }
        }
    }

    /// <summary>Serves a node that asks for an address to be unplugged, and nothing else.</summary>
    public async Task ServeAsync(Stream connection, CancellationToken cancellationToken)
    {
        var lines = new LineStream(connection, MaximumLine);
        try
        {
            while (await lines.ReadAsync(KeepJson.Default.KeepRequest, cancellationToken) is { } request)
            {
                await AnswerAsync(
                    request.Verb == KeepVerb.Unplug ? Execute(request) : Refused("only unplug is served here"));
            }
        }
        catch (InvalidDataException refused)
        {
            await AnswerAsync(Refused(refused.Message));
        }

        ValueTask AnswerAsync(KeepMessage answer) =>
            lines.WriteAsync(answer, KeepJson.Default.KeepMessage, cancellationToken);
    }

    public void KillAll()
    {
        KeptNode[] nodes;
        lock (_gate)
        {
            nodes = [.. _nodes.Values];
        }

        foreach (var node in nodes)
        {
            node.Expected = true;
            Native.Signal(node.Process.Id, Native.SIGKILL);
        }

        foreach (var node in nodes)
        {
            node.Process.WaitForExit(TimeSpan.FromSeconds(5));
        }
    }

    private KeepMessage Spawn(KeepRequest request)
    {
        var name = cluster.Node(request.Node ?? "").Name;
        lock (_gate)
        {
            if (_nodes.TryGetValue(name, out var running) && !running.Process.HasExited)
            {
                return Refused($"{name} is running");
            }
        }

        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
            ? [typeof(Keeper).Assembly.Location]
            : [];
        string[] mutant = request.Mutant is { } mutated ? ["--mutant", mutated] : [];
        foreach (var argument in (string[])
            [.. program, "node", "--cluster", file, "--name", name, "--parent", $"{Environment.ProcessId}", .. mutant])
        {
            start.ArgumentList.Add(argument);
        }

        var node = new KeptNode(name, Process.Start(start)!);
        lock (_gate)
        {
            _nodes[name] = node;
        }

        Watch(node);
        return new KeepMessage { Ok = true, Node = name, Pid = node.Process.Id };
    }

    private void Watch(KeptNode node)
    {
        var lines = new Queue<string>();
        node.Process.ErrorDataReceived += (_, line) =>
        {
            lock (lines)
            {
                lines.Enqueue(line.Data ?? "");
                if (lines.Count > KeptLines)
                {
                    lines.Dequeue();
                }
            }
        };
        node.Process.OutputDataReceived += (_, line) =>
        {
            if (line.Data == "ready")
            {
                Tell(new KeepMessage { Event = "ready", Node = node.Name, Pid = node.Process.Id });
            }
        };
        node.Process.BeginErrorReadLine();
        node.Process.BeginOutputReadLine();
        _ = WatchEndAsync(node, lines);
    }

    private async Task WatchEndAsync(KeptNode node, Queue<string> lines)
    {
        await node.Process.WaitForExitAsync();
        string last;
        lock (lines)
        {
            last = string.Join('\n', lines).Trim();
        }

        Tell(new KeepMessage
        {
            Event = "exited",
            Node = node.Name,
            Pid = node.Process.Id,
            ExitCode = node.Process.ExitCode,
            Expected = node.Expected,
            LastLines = last,
            Sequence = Now(),
        });
    }

    private KeepMessage Signal(KeepRequest request, int signal)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(request.Node ?? "", out var node) || node.Process.HasExited)
            {
                return Refused($"{request.Node} is not running");
            }

            node.Expected |= signal == Native.SIGKILL;
            return Native.Signal(node.Process.Id, signal)
                ? new KeepMessage { Ok = true, Node = node.Name, Pid = node.Process.Id, Sequence = Now() }
                : Refused($"no signal to {node.Name}");
        }
    }

    private KeepMessage Unplug(KeepRequest request)
    {
        if (!IPAddress.TryParse(request.Address, out var address) || !cluster.PublicAddresses.Contains(address))
        {
            return Refused($"{request.Address} is no public address");
        }

        KeptNode[] others;
        lock (_gate)
        {
            others = [.. _nodes.Values.Where(node => node.Name != request.Node && !node.Process.HasExited)];
        }

        var total = 0;
        foreach (var node in others)
        {
            var (ended, kept) = Unplugger.Unplug(node.Process.Id, address);
            total += ended;

            // Also where it had nothing there any more: it may not have come to say so.
            if (ended > 0 || kept == 0)
            {
                Tell(new KeepMessage
                {
                    Event = "unplugged", Node = node.Name, Address = request.Address, Count = ended, Sequence = Now(),
                });
            }
        }

        return new KeepMessage { Ok = true, Count = total };
    }

    private Dictionary<string, string> States()
    {
        lock (_gate)
        {
            return _nodes.Values.ToDictionary(node => node.Name, node => StateOf(node.Process.Id));
        }
    }

    private static string StateOf(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status.Substring(status.LastIndexOf(')') + 2, 1);
        }
        catch (IOException)
        {
            return "X";
        }
    }

    private static KeepMessage Refused(string why) => new() { Error = why };

    private static long Now() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    private sealed record KeptNode(string Name, Process Process)
    {
        public bool Expected { get; set; }
    }
}
