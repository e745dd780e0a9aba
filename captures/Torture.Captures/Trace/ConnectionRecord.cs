namespace Torture.Captures.Trace;

/// <summary>What is being learnt of a connection while it lives.</summary>
internal sealed class ConnectionRecord(TcpStream stream)
{
    private readonly AppendOnly<FrameStamp> _client = new();
    private readonly AppendOnly<FrameStamp> _server = new();
    private bool _isTurned;

    public TcpStream Stream { get; } = stream;

    public FlowId Flow { get; private set; } = new(stream.Number, stream.Client, stream.Server);

    /// <summary>What the bytes are; null until the first came, or where nothing here understands them.</summary>
    public IStreamReader? Reader { get; set; }

    public bool IsOpaque { get; set; }

    public FrameStamp? Ended { get; set; }

    /// <summary>No SYN was captured, so which end is the client was a guess so far.</summary>
    public bool MayTurn => Stream.Syn is null && Stream.SynAck is null && !_isTurned;

    public void Turn()
    {
        _isTurned = true;
        Flow = Flow with { Client = Flow.Server, Server = Flow.Client };
    }

    public void Sent(bool fromClient, FrameStamp at) => (fromClient ? _client : _server).Add(at);

    public ObservedConnection Observe() => new(
        Stream.Number, Flow.Client, Flow.Server, Stream.FirstSeen, Stream.Syn, Stream.SynAck, Ended,
        _isTurned ? null : Stream.ServerMac, (_isTurned ? _server : _client).View,
        (_isTurned ? _client : _server).View);
}

/// <summary>Understands the bytes of one connection. Directions are the SYN's, or guessed without one.</summary>
internal interface IStreamReader
{
    void OnData(bool fromClient, ReadOnlyMemory<byte> data, FrameStamp at);

    void OnGap(bool fromClient, FrameStamp at);

    void OnClosed(bool fromClient, TcpClose how, FrameStamp at);

    /// <summary>True while something still waits for a key.</summary>
    bool OpenSealed();
}
