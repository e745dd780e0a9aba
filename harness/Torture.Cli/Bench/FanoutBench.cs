using System.CommandLine;
using System.Diagnostics;
using Torture.Captures;
using Torture.Harness.Faults;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Cli.Bench;

/// <summary><c>torture bench fanout</c>: one event, many clients.</summary>
internal static class FanoutBench
{
    private const double RequiredSeconds = 1;
    private const double RequiredBytes = 4096;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly Option<int> Clients = BenchCommand.Count(
        "--clients", 10_000, "Clients, each with a connection, a registration and a pending AsyncNotify.");

    public static Command Create()
    {
        var command = new Command(
            "fanout",
            "Clients of this process, each with a connection of its own (NTLM, integrity), a registration and a "
            + "pending AsyncNotify at one node; then the address goes down. From the event to the first, median "
            + "and last notification, and the node's memory for a connection, and for a registration with its pending "
            + "call.")
        {
            Clients,
        };
        command.SetAction((parsed, stop) => BenchCommand.MeasureAsync(
            parsed, "fanout", figures => MeasureAsync(parsed.GetValue(Clients), figures, stop)));
        return command;
    }

    private static async Task MeasureAsync(int count, Figures figures, CancellationToken stop)
    {
        OpenFiles.Require(count);
        await using var cluster = await BenchCluster.UpAsync(stop);
        await WarmUpAsync(cluster, stop);
        var (empty, _) = await cluster.MeasureAsync(stop);
        var clock = Stopwatch.StartNew();
        var clients = await cluster.BindAllAsync(count, AuthenticationLevel.Integrity, stop);
        figures.Add("connections made and bound", count / clock.Elapsed.TotalSeconds, "1/s");
        var (connected, _) = await cluster.MeasureAsync(stop);
        var calls = await WaitAllAsync(cluster, clients, stop);
        var (waiting, counters) = await cluster.MeasureAsync(stop);
        Tell(figures, count, empty, connected, waiting);
        figures.Add("registrations", counters["registrations"], "", Goal.AtLeast(count));
        await TellTimesAsync(figures, cluster, calls, stop);
        await BenchCluster.CloseAllAsync(clients);
    }

    /// <summary>Both ends have compiled all that follows before anything is weighed.</summary>
    private static async Task WarmUpAsync(BenchCluster cluster, CancellationToken stop)
    {
        const int few = 200;
        var clients = await cluster.BindAllAsync(few, AuthenticationLevel.Integrity, stop);
        var calls = await WaitAllAsync(cluster, clients, stop);
        var change = new ChangeResource(cluster.Address, InterfaceState.UNAVAILABLE);
        await cluster.Cluster.ApplyAsync(change, stop);
        await Task.WhenAll(calls.Select(call => call.Response)).WaitAsync(Limit, stop);
        await cluster.Cluster.HealAsync(change, stop);
        await BenchCluster.CloseAllAsync(clients);
        await cluster.UntilNoConnectionAsync(stop);
    }

    private static async Task<RpcCall[]> WaitAllAsync(
        BenchCluster cluster, RpcClient[] clients, CancellationToken stop)
    {
        const int atOnce = 64;
        var calls = new RpcCall[clients.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = stop };
        await Parallel.ForAsync(0, clients.Length, options, async (i, _) =>
            calls[i] = WitnessCalls.StartAsyncNotify(
                clients[i], await WitnessCalls.RegisterAsync(clients[i], cluster)));
        return calls;
    }

    private static void Tell(Figures figures, int count, NodeMemory empty, NodeMemory connected, NodeMemory waiting)
    {
        Each("connection", "managed", connected.Managed - empty.Managed, null);
        Each("connection", "resident", connected.Collected - empty.Collected, null);
        Each("registration and call", "managed", waiting.Managed - connected.Managed, Goal.AtMost(RequiredBytes));
        Each("registration and call", "resident", waiting.Collected - connected.Collected, Goal.AtMost(RequiredBytes));
        figures.Add("node resident, all waiting", waiting.Resident, "bytes");

        void Each(string what, string kind, long bytes, Goal? goal) =>
            figures.Add($"{what}, {kind}", (double)bytes / count, "bytes", goal);
    }

    private static async Task TellTimesAsync(
        Figures figures, BenchCluster cluster, RpcCall[] calls, CancellationToken stop)
    {
        var change = new ChangeResource(cluster.Address, InterfaceState.UNAVAILABLE);
        var waits = calls.Select(HearAsync).ToArray();
        var begun = Stopwatch.GetTimestamp();
        await cluster.Cluster.ApplyAsync(change, stop);
        var heard = await Task.WhenAll(waits).WaitAsync(Limit, stop);
        var told = heard.Count(answer => IsAbout(cluster, answer.Stub));
        var times = LatencyDistribution.Of(
            heard.Select(answer => (TimeSpan?)Stopwatch.GetElapsedTime(begun, answer.At)))!;
        figures.Add("first notification", times.Minimum.TotalMilliseconds, "ms");
        figures.Add("median notification", times.Median.TotalMilliseconds, "ms");
        figures.Add("last notification", times.Maximum.TotalMilliseconds, "ms", Goal.AtMost(RequiredSeconds * 1000));
        figures.Add("clients that heard", told, "", Goal.AtLeast(calls.Length));
    }

    private static async Task<(long At, ReadOnlyMemory<byte> Stub)> HearAsync(RpcCall call)
    {
        var stub = await call.Response;
        return (Stopwatch.GetTimestamp(), stub);
    }

    private static bool IsAbout(BenchCluster cluster, ReadOnlyMemory<byte> stub)
    {
        var answer = WitnessCodec.DecodeAsyncNotifyResult(stub.Span, NdrSyntax.Ndr20);
        return answer is { Status: Win32Error.ERROR_SUCCESS, Response: { } response }
            && WitnessBlobs.ReadResourceChanges(response).Any(
                entry => entry.ChangeType == ChangeType.RESOURCE_STATE_UNAVAILABLE
                    && entry.ResourceName == cluster.Owner.Name);
    }
}
