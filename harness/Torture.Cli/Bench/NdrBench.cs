using System.CommandLine;
using System.Diagnostics;

namespace Torture.Cli.Bench;

/// <summary><c>torture bench ndr</c>: the codec alone, on one core.</summary>
internal static class NdrBench
{
    private const double Gigabyte = 1e9;

    private static readonly Option<int> Seconds = BenchCommand.Count(
        "--seconds", 2, "How long each of them, after a warm-up of half of it.");

    /// <summary>A result that nobody keeps need not be on the heap.</summary>
    private static object? _kept;

    public static Command Create()
    {
        var command = new Command(
            "ndr",
            "Encode and decode an interface list of 64 and a notification of 16 addresses, on one core: time, bytes a "
            + "second, and what is allocated beside the size of the result itself.")
        {
            Seconds,
        };
        command.SetAction((parsed, _) => BenchCommand.MeasureAsync(
            parsed, "ndr", figures => Measure(figures, TimeSpan.FromSeconds(parsed.GetValue(Seconds)))));
        return command;
    }

    private static Task Measure(Figures figures, TimeSpan duration)
    {
        foreach (var work in NdrWork.All())
        {
            Measure(figures, work, duration);
        }

        return Task.CompletedTask;
    }

    private static void Measure(Figures figures, NdrWork work, TimeSpan duration)
    {
        Repeat(work.Do, duration / 2);
        var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        var (times, elapsed) = Repeat(work.Do, duration);
        var allocated = (double)(GC.GetAllocatedBytesForCurrentThread() - allocatedBefore) / times;
        var each = elapsed.TotalNanoseconds / times;
        figures.Add($"{work.Name} time", each, "ns");
        figures.Add(
            $"{work.Name} speed", work.Bytes / each * (1e9 / Gigabyte), "GB/s",
            work.IsMeasuredBySpeed ? Goal.AtLeast(1) : null);
        figures.Add($"{work.Name} allocated", allocated, "bytes");

        // Half a byte: what the timer itself allocates, spread over so many.
        figures.Add($"{work.Name} beyond its result", allocated - work.ResultSize(), "bytes", Goal.AtMost(0.5));
    }

    private static (long Times, TimeSpan Elapsed) Repeat(Func<object?> work, TimeSpan duration)
    {
        const int batch = 64;
        var times = 0L;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            for (var i = 0; i < batch; i++)
            {
                _kept = work();
            }

            times += batch;
        }

        GC.KeepAlive(_kept);
        return (times, clock.Elapsed);
    }
}
