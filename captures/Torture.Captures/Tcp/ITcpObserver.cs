namespace Torture.Captures;

/// <summary>Is told what happens in the connections of a capture, each direction's bytes in order and once.</summary>
public interface ITcpObserver
{
    void OnData(TcpStream stream, bool fromClient, ReadOnlyMemory<byte> data, FrameStamp at);

    /// <summary>Bytes that the receiver got are not in the capture.</summary>
    void OnGap(TcpStream stream, bool fromClient, long missing, FrameStamp at);

    void OnClosed(TcpStream stream, bool fromClient, TcpClose how, FrameStamp at);
}
