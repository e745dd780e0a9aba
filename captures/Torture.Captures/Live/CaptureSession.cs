using System.Diagnostics;

namespace Torture.Captures;

/// <summary>How a live session is recorded and understood.</summary>
public sealed record CaptureSessionOptions
{
    /// <summary>The pcapng file to write; null to keep nothing.</summary>
    public string? Path { get; init; }

    /// <summary>Names the run in its markers.</summary>
    public required string RunId { get; init; }

    /// <summary>Puts a marker on the captured wire.</summary>
    public required Action<Marker> Send { get; init; }

    /// <summary>On how many links <see cref="Send"/> puts it: it was seen when it was seen on all of them.</summary>
    public int Links { get; init; } = 1;

    /// <summary>What opens sealed traffic; keys may be added while the session runs.</summary>
    public KeyRing? Keys { get; init; }

    /// <summary>Gets each packet, in order, before anybody waits for what it shows; to be quick.</summary>
    public Action<CapturedPacket>? OnPacket { get; init; }

    /// <summary>What a marker may take to be seen before the session is said to be broken.</summary>
    public TimeSpan MarkerLimit { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// A capture that runs beside a run: writes pcapng, marks, and builds the trace as packets come, on its own thread.
/// </summary>
public sealed class CaptureSession : IAsyncDisposable
{
    /// <summary>Also how long a stop takes at most.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

    private readonly ICaptureDevice _device;
    private readonly CaptureSessionOptions _options;
    private readonly PcapngWriter? _writer;
    private readonly TraceBuilder _trace;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, MarkerWatch> _markers = [];
    private readonly List<Waiter> _waiters = [];
    private readonly Thread _pump;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;
    private int _interface;
    private CaptureStatistics _statistics;
    private Exception? _failure;
    private long _flushes;

    private CaptureSession(ICaptureDevice device, CaptureSessionOptions options)
    {
        _device = device;
        _options = options;
        _trace = new TraceBuilder(new TraceOptions { Keys = options.Keys });
        _writer = options.Path is null ? null : OpenWriter(options.Path, device);
        _trace.MarkerSeen += OnMarker;
        _pump = new Thread(Pump) { IsBackground = true, Name = $"capture {device.Name}" };
    }

    /// <summary>Takes the device over and starts; it is closed when the session is.</summary>
    public static CaptureSession Start(ICaptureDevice device, CaptureSessionOptions options)
    {
        var session = new CaptureSession(device, options);
        session._pump.Start();
        return session;
    }

    /// <summary>The pcapng file that is being written; null where none is.</summary>
    public string? Path => _options.Path;

    public CaptureStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return _ended.Task.IsCompleted ? _statistics : _device.Statistics();
            }
        }
    }

    /// <summary>All that was understood so far; does not change afterwards.</summary>
    public WitnessTrace Snapshot() => Read(trace => trace.Snapshot());

    /// <summary>Reads a part without the cost of a whole snapshot; packets wait meanwhile.</summary>
    public T Read<T>(Func<TraceBuilder, T> read)
    {
        lock (_lock)
        {
            _trace.OpenSealed();
            return read(_trace);
        }
    }

    /// <summary>
    /// Puts a marker on the wire and waits until it was captured: everything before it has been processed by then.
    /// </summary>
    /// <param name="number">Counts up within the run, from 1.</param>
    /// <exception cref="CaptureException">It was not seen: another wire, or an ended capture.</exception>
    public Task<ObservedMarker> MarkAsync(
        long number, string phase, string text, CancellationToken cancellation = default) =>
        MarkAsync(new Marker(_options.RunId, number, MonotonicNanoseconds(), phase, text), cancellation);

    /// <summary>The same for a marker that was made elsewhere; its run id must be the session's.</summary>
    public async Task<ObservedMarker> MarkAsync(Marker marker, CancellationToken cancellation = default)
    {
        var seen = WaitForMarkerAsync(marker.Number, cancellation);
        _options.Send(marker);
        return await seen;
    }

    /// <summary>Waits until all that was sent before has been processed. Its markers count down from -1.</summary>
    public Task FlushAsync(CancellationToken cancellation = default) =>
        MarkAsync(Interlocked.Decrement(ref _flushes), Marker.Flush, "", cancellation);

    /// <summary>Waits for a marker that somebody else sends or has sent.</summary>
    public async Task<ObservedMarker> WaitForMarkerAsync(long number, CancellationToken cancellation = default)
    {
        Task<ObservedMarker> seen;
        lock (_lock)
        {
            ThrowIfEnded();
            seen = WatchOf(number).OnAll.Task;
        }

        try
        {
            return await seen.WaitAsync(_options.MarkerLimit, cancellation);
        }
        catch (TimeoutException)
        {
            throw new CaptureException(
                $"marker {number} was not seen on {_device.Name} within {_options.MarkerLimit.TotalSeconds:F0} s");
        }
    }

    /// <summary>Waits until what was seen meets a condition; looks again after each packet.</summary>
    public async Task WaitUntilAsync(Func<TraceBuilder, bool> condition, CancellationToken cancellation = default)
    {
        var waiter = new Waiter(condition, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            ThrowIfEnded();
            if (condition(_trace))
            {
                return;
            }

            _waiters.Add(waiter);
        }

        await using var registration = cancellation.Register(() => waiter.Met.TrySetCanceled(cancellation));
        try
        {
            await waiter.Met.Task;
        }
        finally
        {
            lock (_lock)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        await _ended.Task;
    }

    private void ThrowIfEnded()
    {
        if (_failure is not null || _ended.Task.IsCompleted)
        {
            throw _failure ?? Ended();
        }
    }

    private static CaptureException Ended() => new("the capture has ended");

    private void Pump()
    {
        try
        {
            while (!_stopping)
            {
                if (_device.Read(Wait) is { } packet)
                {
                    Process(packet);
                }
                else
                {
                    Idle();
                }
            }
        }
        catch (Exception e)
        {
            _failure = e as CaptureException
                ?? new CaptureException($"capture on {_device.Name} failed: {e.Message}", e);
        }
        finally
        {
            End();
        }
    }

    private void Process(CapturedPacket packet)
    {
        lock (_lock)
        {
            _options.OnPacket?.Invoke(packet);
            _interface = packet.Interface;
            _trace.Add(packet);
            _writer?.Write(packet, _trace.LastMarker is { } marker && marker.At.Frame == packet.Number
                ? $"marker {marker.Marker.Number} {marker.Marker.Phase}: {marker.Marker.Text}"
                : packet.Comment);
            Wake();
        }
    }

    /// <summary>Nothing comes: a good moment to put on disk what a crash would lose.</summary>
    private void Idle()
    {
        lock (_lock)
        {
            _writer?.Flush();
            _trace.OpenSealed();
            Wake();
        }
    }

    private void Wake()
    {
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            if (_waiters[i].Condition(_trace))
            {
                _waiters[i].Met.TrySetResult();
                _waiters.RemoveAt(i);
            }
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _statistics = _device.Statistics();
            _trace.Complete();
            var now = DateTimeOffset.UtcNow.Subtract(DateTimeOffset.UnixEpoch).Ticks * 100;
            _writer?.WriteStatistics(0, now, _statistics.Received, _statistics.Dropped);
            _writer?.Dispose();
            _device.Dispose();
            var failure = _failure ?? Ended();
            _waiters.ForEach(w => w.Met.TrySetException(failure));
            foreach (var marker in _markers.Values)
            {
                marker.OnAll.TrySetException(failure);
            }

            _ended.SetResult();
        }
    }

    private void OnMarker(ObservedMarker seen)
    {
        if (seen.Marker.RunId != _options.RunId)
        {
            return;
        }

        var watch = WatchOf(seen.Marker.Number);
        watch.First ??= seen;
        if (watch.Links.Add(_interface) && watch.Links.Count == _options.Links)
        {
            watch.OnAll.TrySetResult(watch.First);
        }
    }

    private MarkerWatch WatchOf(long number)
    {
        if (!_markers.TryGetValue(number, out var watch))
        {
            _markers[number] = watch = new MarkerWatch();
        }

        return watch;
    }

    private static PcapngWriter OpenWriter(string path, ICaptureDevice device)
    {
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1 << 20);
        var writer = new PcapngWriter(file);
        writer.AddInterface(device.Link, device.Name, device.SnapLength, device.Filter);
        return writer;
    }

    private static long MonotonicNanoseconds() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    private sealed class MarkerWatch
    {
        /// <summary>On which it was seen, once or more: it may go to several nodes there.</summary>
        public HashSet<int> Links { get; } = [];

        public ObservedMarker? First { get; set; }

        public TaskCompletionSource<ObservedMarker> OnAll { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Waiter(Func<TraceBuilder, bool> Condition, TaskCompletionSource Met);
}
