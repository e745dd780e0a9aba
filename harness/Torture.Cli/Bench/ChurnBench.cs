using System.CommandLine;
using Torture.Protocol.Rpc;

namespace Torture.Cli.Bench;

/// <summary><c>torture bench churn</c>: whether registrations that come and go leave anything behind.</summary>
internal static class ChurnBench
{
    private const int Points = 10;

    private static readonly Option<int> Count = BenchCommand.Count(
        "--count", 1_000_000, "Registrations that come and go.");

    private static readonly Option<int> Connections = BenchCommand.Count("--connections", 16, "Connections at once.");

    public static Command Create()
    {
        var command = new Command(
            "churn",
            "Register and unregister over and over, look at the node's memory at ten points, each after a full "
            + "collection there, and say what each pair left behind: more than some bytes is a leak (exit code 1).")
        {
            Count, Connections,
        };
        command.SetAction(async (parsed, stop) =>
        {
            var leaks = false;
            var code = await BenchCommand.MeasureAsync(
                parsed, "churn", async figures => leaks = await LeaksAsync(parsed, figures, stop));
            return code == ExitCode.Conforms && leaks ? ExitCode.ProductFailure : code;
        });
        return command;
    }

    private static async Task<bool> LeaksAsync(ParseResult parsed, Figures figures, CancellationToken stop)
    {
        await using var cluster = await BenchCluster.UpAsync(stop);
        var clients = await cluster.BindAllAsync(
            parsed.GetValue(Connections), AuthenticationLevel.Integrity, stop);
        var pairs = (long)parsed.GetValue(Count);
        var points = new List<(long Pairs, long Bytes)>();
        IReadOnlyDictionary<string, long> counters = new Dictionary<string, long>();
        for (var point = 1; point <= Points; point++)
        {
            await ChurnAsync(cluster, clients, pairs * point / Points - pairs * (point - 1) / Points, stop);
            (var memory, counters) = await cluster.MeasureAsync(stop);
            points.Add((pairs * point / Points, memory.Managed));
            figures.Add($"managed heap after {points[^1].Pairs}", memory.Managed, "bytes");
            figures.Add($"resident after {points[^1].Pairs}", memory.Resident, "bytes");
        }

        var growth = Growth.Of(points);
        figures.Add("left behind by each pair", growth.BytesPerPair, "bytes", Growth.Tolerated);
        figures.Add("registrations left", counters["registrations"], "", Goal.AtMost(0));
        figures.Add(
            "connections left beyond ours", counters["witnessConnections"] - clients.Length, "", Goal.AtMost(0));
        await BenchCluster.CloseAllAsync(clients);
        return growth.IsLeak || counters["registrations"] > 0;
    }

    private static Task ChurnAsync(
        BenchCluster cluster, RpcClient[] clients, long pairs, CancellationToken stop)
    {
        return Task.WhenAll(clients.Select(LoopAsync));

        async Task LoopAsync(RpcClient client)
        {
            await Task.Yield();
            while (Interlocked.Decrement(ref pairs) >= 0)
            {
                stop.ThrowIfCancellationRequested();
                await WitnessCalls.UnRegisterAsync(client, await WitnessCalls.RegisterAsync(client, cluster));
            }
        }
    }
}
