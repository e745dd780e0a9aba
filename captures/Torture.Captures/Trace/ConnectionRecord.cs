namespace Torture.Captures.Trace;

/// <summary>What is being learnt of a connection while it lives.</summary>
internal sealed class ConnectionRecord(TcpStream stream)
{
    private readonly AppendOnly<FrameStamp> _client = new();
    private readonly AppendOnly<FrameStamp> _server = new();

    public TcpStream Stream { get; } = stream;

    public FlowId Flow { get; } = new(stream.Number, stream.Client, stream.Server);

    /// <summary>What the bytes are; null until the first came, or where nothing here understands them.</summary>
    public IStreamReader? Reader { get; set; }

    public bool IsOpaque { get; set; }

    public FrameStamp? Ended { get; set; }

    public void Sent(bool fromClient, FrameStamp at) => (fromClient ? _client : _server).Add(at);

    public ObservedConnection Observe() => new(
        Stream.Number, Stream.Client, Stream.Server, Stream.FirstSeen, Stream.Syn, Stream.SynAck, Ended,
        Stream.ServerMac, _client.View, _server.View);
}

/// <summary>Understands the bytes of one connection.</summary>
internal interface IStreamReader
{
    void OnData(bool fromClient, ReadOnlyMemory<byte> data, FrameStamp at);

    void OnGap(bool fromClient, FrameStamp at);

    void OnClosed(FrameStamp at);
}
