using Torture.Captures;
using Torture.Harness.Faults;
using Torture.Targets.Reference;

namespace Torture.Targets.Containers.Links;

/// <summary>
/// Carries frames between two ends and does to them what a fault says: for kernels that cannot do so themselves. One
/// thread carries both ways.
/// </summary>
internal sealed class Cable : IDisposable
{
    /// <summary>How long it takes to notice that it is over.</summary>
    private const int LongestWait = 50;

    private const long Millisecond = 1_000_000;

    private readonly (CableEnd From, CableEnd To, CableLane Lane)[] _ways;
    private readonly PriorityQueue<(byte[] Frame, CableEnd To), (long Due, long Number)> _onTheWay = new();
    private readonly byte[] _frame = new byte[CableEnd.LongestFrame];
    private readonly PollFd[] _readable;
    private readonly Thread _thread;
    private volatile bool _over;
    private long _taken;

    /// <summary>Takes the ends over.</summary>
    public Cable(CableEnd node, CableEnd others, LinkFault fault, int seed)
    {
        var random = new Random(seed);
        _ways =
        [
            (node, others, new CableLane(fault, fault.Direction != Direction.ToFrom, random)),
            (others, node, new CableLane(fault, fault.Direction != Direction.FromTo, random)),
        ];
        _readable = [.. _ways.Select(way => new PollFd(way.From.Descriptor))];
        _thread = new Thread(Carry) { IsBackground = true, Name = $"cable {node.Name}" };
        _thread.Start();
    }

    /// <summary>What is on the way still is lost.</summary>
    public void Dispose()
    {
        _over = true;
        _thread.Join();
        foreach (var (from, _, _) in _ways)
        {
            from.Dispose();
        }
    }

    private void Carry()
    {
        while (!_over)
        {
            Deliver();
            WaitForFrames();
            foreach (var (from, to, lane) in _ways)
            {
                Take(from, to, lane);
            }
        }
    }

    private void Deliver()
    {
        while (_onTheWay.TryPeek(out var next, out var when) && when.Due <= ClusterWatch.Now)
        {
            _onTheWay.Dequeue();
            next.To.Write(next.Frame);
        }
    }

    private void WaitForFrames()
    {
        var wait = _onTheWay.TryPeek(out _, out var next)
            ? Math.Clamp((next.Due - ClusterWatch.Now + Millisecond - 1) / Millisecond, 0, LongestWait)
            : LongestWait;
        PollFd.Wait(_readable, (int)wait);
    }

    private void Take(CableEnd from, CableEnd to, CableLane lane)
    {
        while (from.Read(_frame) is > 0 and var length)
        {
            foreach (var due in lane.Arrivals(_frame.AsSpan(0, length), ClusterWatch.Now))
            {
                _onTheWay.Enqueue((_frame[..length], to), (due, _taken++));
            }
        }
    }
}
