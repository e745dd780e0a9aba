using System.CommandLine;
using System.Diagnostics;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Cli.Bench;

/// <summary><c>torture bench register</c>: registrations a second.</summary>
internal static class RegisterBench
{
    private const double Required = 10_000;

    /// <summary>Few enough that the oldest of a round is not reaped before its turn.</summary>
    private const int RoundPerConnection = 128;

    private static readonly Option<int> Connections = BenchCommand.Count("--connections", 16, "Connections at once.");
    private static readonly Option<int> Seconds = BenchCommand.Count(
        "--seconds", 5, "How long, after a warm-up of half of it.");

    public static Command Create()
    {
        var command = new Command(
            "register",
            "RegisterEx and UnRegister at one node over loopback, NTLM at integrity, in rounds: every connection "
            + "registers, then every connection unregisters. Registrations a second and unregistrations a second are "
            + "each of their own halves, pairs a second are of the whole.")
        {
            Connections, Seconds,
        };
        command.SetAction((parsed, stop) => BenchCommand.MeasureAsync(
            parsed, "register", figures => MeasureAsync(parsed, figures, stop)));
        return command;
    }

    private static async Task MeasureAsync(ParseResult parsed, Figures figures, CancellationToken stop)
    {
        await using var cluster = await BenchCluster.UpAsync(stop);
        var clients = await cluster.BindAllAsync(
            parsed.GetValue(Connections), AuthenticationLevel.Integrity, stop);
        var duration = TimeSpan.FromSeconds(parsed.GetValue(Seconds));
        await RunAsync(cluster, clients, duration / 2, stop);
        var (pairs, registering, unregistering) = await RunAsync(cluster, clients, duration, stop);
        var (_, counters) = await cluster.MeasureAsync(stop);
        figures.Add("registrations", pairs / registering.TotalSeconds, "1/s", Goal.AtLeast(Required));
        figures.Add("unregistrations", pairs / unregistering.TotalSeconds, "1/s");
        figures.Add("pairs", pairs / (registering + unregistering).TotalSeconds, "1/s");
        figures.Add("registrations left", counters["registrations"], "", Goal.AtMost(0));
        await BenchCluster.CloseAllAsync(clients);
    }

    private static async Task<(long Pairs, TimeSpan Registering, TimeSpan Unregistering)> RunAsync(
        BenchCluster cluster, RpcClient[] clients, TimeSpan duration, CancellationToken stop)
    {
        var (pairs, registering, unregistering) = (0L, TimeSpan.Zero, TimeSpan.Zero);
        while (registering + unregistering < duration)
        {
            stop.ThrowIfCancellationRequested();
            var begun = Stopwatch.GetTimestamp();
            var handles = await Task.WhenAll(clients.Select(client => RegisterAsync(client, cluster)));
            var between = Stopwatch.GetTimestamp();
            await Task.WhenAll(clients.Select((client, i) => UnRegisterAsync(client, handles[i])));
            registering += Stopwatch.GetElapsedTime(begun, between);
            unregistering += Stopwatch.GetElapsedTime(between);
            pairs += handles.Sum(round => round.Length);
        }

        return (pairs, registering, unregistering);
    }

    private static async Task<ContextHandle[]> RegisterAsync(RpcClient client, BenchCluster cluster)
    {
        await Task.Yield();
        var handles = new ContextHandle[RoundPerConnection];
        for (var i = 0; i < handles.Length; i++)
        {
            handles[i] = await WitnessCalls.RegisterAsync(client, cluster);
        }

        return handles;
    }

    private static async Task UnRegisterAsync(RpcClient client, ContextHandle[] handles)
    {
        await Task.Yield();
        foreach (var handle in handles)
        {
            await WitnessCalls.UnRegisterAsync(client, handle);
        }
    }
}
