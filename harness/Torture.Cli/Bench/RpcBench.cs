using System.CommandLine;
using System.Diagnostics;
using Torture.Protocol.Rpc;

namespace Torture.Cli.Bench;

/// <summary><c>torture bench rpc</c>: GetInterfaceList calls a second.</summary>
internal static class RpcBench
{
    private const double Required = 20_000;

    private static readonly Option<int> Connections = BenchCommand.Count("--connections", 16, "Connections at once.");
    private static readonly Option<int> Depth = BenchCommand.Count(
        "--depth", 1, "Calls of a connection that are under way at once.");

    private static readonly Option<int> Seconds = BenchCommand.Count(
        "--seconds", 5, "How long each level, after a warm-up of half of it.");

    public static Command Create()
    {
        var command = new Command(
            "rpc",
            "GetInterfaceList of three addresses from one node over loopback, NTLM at integrity and at privacy: "
            + "calls a second, their latency, and the processor time of both ends for each call.")
        {
            Connections, Depth, Seconds,
        };
        command.SetAction((parsed, stop) => BenchCommand.MeasureAsync(
            parsed, "rpc", figures => MeasureAsync(parsed, figures, stop)));
        return command;
    }

    private static async Task MeasureAsync(ParseResult parsed, Figures figures, CancellationToken stop)
    {
        await using var cluster = await BenchCluster.UpAsync(stop);
        foreach (var level in new[] { AuthenticationLevel.Integrity, AuthenticationLevel.Privacy })
        {
            var clients = await cluster.BindAllAsync(parsed.GetValue(Connections), level, stop);
            var load = new CallLoad(cluster, clients, parsed.GetValue(Depth));
            var duration = TimeSpan.FromSeconds(parsed.GetValue(Seconds));
            await load.RunAsync(duration / 2, stop);
            Tell(figures, level, await load.RunAsync(duration, stop));
            await BenchCluster.CloseAllAsync(clients);
        }
    }

    private static void Tell(Figures figures, AuthenticationLevel level, CallLoad.Result result)
    {
        var name = level.ToString().ToLowerInvariant();
        Goal? goal = level == AuthenticationLevel.Privacy ? Goal.AtLeast(Required) : null;
        figures.Add($"{name} calls", result.Calls / result.Elapsed.TotalSeconds, "1/s", goal);
        figures.Add($"{name} latency mean", result.Latency.TotalMicroseconds, "us");
        figures.Add($"{name} client processor time", result.ClientTime.TotalMicroseconds / result.Calls, "us");
        figures.Add($"{name} node processor time", result.NodeTime.TotalMicroseconds / result.Calls, "us");
    }
}

/// <summary>Connections that are kept busy with calls, each with the next one as soon as one is answered.</summary>
internal sealed class CallLoad(BenchCluster cluster, IReadOnlyList<RpcClient> clients, int depth)
{
    public async Task<Result> RunAsync(TimeSpan duration, CancellationToken stop)
    {
        var nodeBefore = await cluster.ProcessorTimeAsync(stop);
        var clientBefore = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(
            clients.SelectMany(client => Enumerable.Repeat(client, depth)).Select(client => LoopAsync(client)));
        var elapsed = clock.Elapsed;
        var clientTime = Environment.CpuUsage.TotalTime - clientBefore;
        var nodeTime = await cluster.ProcessorTimeAsync(stop) - nodeBefore;
        return new Result(counts.Sum(), elapsed, elapsed * counts.Length / counts.Sum(), clientTime, nodeTime);

        async Task<long> LoopAsync(RpcClient client)
        {
            // Not one after the other, up to the first answer.
            await Task.Yield();
            var calls = 0L;
            while (clock.Elapsed < duration)
            {
                stop.ThrowIfCancellationRequested();
                await WitnessCalls.GetInterfaceListAsync(client);
                calls++;
            }

            return calls;
        }
    }

    /// <param name="Latency">Mean over all calls, from one call's start to the next one's of the same loop.</param>
    internal sealed record Result(
        long Calls, TimeSpan Elapsed, TimeSpan Latency, TimeSpan ClientTime, TimeSpan NodeTime);
}
