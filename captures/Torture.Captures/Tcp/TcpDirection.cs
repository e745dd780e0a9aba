namespace Torture.Captures.Tcp;

/// <summary>What one side of a connection sent: brings segments into order, each byte once ([RFC9293] 3.4).</summary>
internal sealed class TcpDirection
{
    /// <summary>Segments further ahead than any window are not of this connection.</summary>
    private const int MaximumDistance = 1 << 26;

    private const int MaximumPending = 1024;
    private const int MaximumPendingBytes = 4 << 20;

    /// <summary>Packets that may still bring what the receiver has acknowledged: captures reorder a little.</summary>
    private const int Patience = 16;

    private List<Pending>? _pending;
    private int _pendingBytes;
    private int _waited;

    public bool IsStarted { get; private set; }

    /// <summary>Sequence number of the next byte.</summary>
    public uint Next { get; private set; }

    public bool HasEnded { get; private set; }

    private uint? FinAt { get; set; }

    public bool HasPending => _pending is { Count: > 0 };

    public void Start(uint next)
    {
        IsStarted = true;
        Next = next;
    }

    public void Add(uint sequence, ReadOnlyMemory<byte> data, int wireLength, FrameStamp at, in Sink sink)
    {
        if (!IsStarted)
        {
            Start(sequence);
        }

        var distance = (int)(sequence - Next);
        if (wireLength == 0 || distance > MaximumDistance || distance + (long)wireLength <= 0)
        {
            return;
        }

        if (distance <= 0)
        {
            Deliver(new Pending(sequence, data, wireLength, at), sink);
            Drain(sink);
        }
        else
        {
            Keep(new Pending(sequence, data, wireLength, at));
            if (_pending!.Count > MaximumPending || _pendingBytes > MaximumPendingBytes)
            {
                GiveUp(sink);
            }
        }
    }

    /// <summary>The receiver has everything before this: what is missing after a little patience was lost.</summary>
    public void Acknowledged(uint acknowledgment, FrameStamp at, in Sink sink)
    {
        var distance = (int)(acknowledgment - Next);
        if (!IsStarted || distance <= 0 || distance > MaximumDistance)
        {
            _waited = 0;
            return;
        }

        if (FinAt is { } fin && acknowledgment == fin + 1 && Next == fin)
        {
            return;
        }

        if (++_waited <= Patience)
        {
            return;
        }

        _waited = 0;
        var target = HasPending && (int)(_pending![0].Sequence - acknowledgment) < 0
            ? _pending[0].Sequence
            : acknowledgment;
        Skip(target, at, sink);
        Drain(sink);
    }

    public void Finish(uint at) => FinAt = at;

    public void End() => HasEnded = true;

    /// <summary>No more packets will come: what is still missing was lost.</summary>
    public void GiveUp(in Sink sink)
    {
        while (HasPending)
        {
            Skip(_pending![0].Sequence, _pending[0].At, sink);
            Drain(sink);
        }
    }

    private void Deliver(in Pending segment, in Sink sink)
    {
        var seen = (int)(Next - segment.Sequence);
        if (seen >= segment.WireLength)
        {
            return;
        }

        Next = segment.Sequence + (uint)segment.WireLength;
        _waited = 0;
        if (seen < segment.Data.Length)
        {
            sink.Data(segment.Data[seen..], segment.At);
        }

        if (segment.Data.Length < segment.WireLength)
        {
            sink.Gap(segment.WireLength - Math.Max(seen, segment.Data.Length), segment.At);
        }
    }

    private void Skip(uint target, FrameStamp at, in Sink sink)
    {
        var missing = (int)(target - Next);
        if (missing > 0)
        {
            Next = target;
            sink.Gap(missing, at);
        }
    }

    private void Drain(in Sink sink)
    {
        if (_pending is null)
        {
            return;
        }

        var done = 0;
        while (done < _pending.Count && (int)(_pending[done].Sequence - Next) <= 0)
        {
            var segment = _pending[done++];
            _pendingBytes -= segment.Data.Length;
            Deliver(segment, sink);
        }

        _pending.RemoveRange(0, done);
    }

    private void Keep(in Pending segment)
    {
        _pending ??= [];
        var at = _pending.Count;
        while (at > 0 && (int)(_pending[at - 1].Sequence - segment.Sequence) > 0)
        {
            at--;
        }

        _pending.Insert(at, segment);
        _pendingBytes += segment.Data.Length;
    }

    private readonly record struct Pending(uint Sequence, ReadOnlyMemory<byte> Data, int WireLength, FrameStamp At);

    /// <summary>Where a direction's bytes go.</summary>
    internal readonly record struct Sink(ITcpObserver Observer, TcpStream Stream, bool FromClient)
    {
        public void Data(ReadOnlyMemory<byte> data, FrameStamp at) => Observer.OnData(Stream, FromClient, data, at);

        public void Gap(long missing, FrameStamp at) => Observer.OnGap(Stream, FromClient, missing, at);
    }
}
