using Torture.Protocol.Ctdb;

namespace Torture.SelfTests.Ctdbd;

/// <summary>The other end of a client's stream: answers what it is told to, or anything at all.</summary>
internal sealed class StandInDaemon(Stream stream)
{
    private readonly CtdbInputOfTests _input = new(stream);

    /// <summary>The next control of the client.</summary>
    public async Task<CtdbRequest> HearAsync() => (CtdbRequest)await _input.ReadAsync();

    public Task<CtdbPacket> HearAnyAsync() => _input.ReadAsync();

    public ValueTask AnswerAsync(CtdbRequest request, int status = 0, byte[]? data = null, string error = "") =>
        SayAsync(new CtdbReply(1, 0, 0, request.RequestId, status, data ?? [], error));

    public ValueTask SayAsync(CtdbPacket packet) => SayAsync(CtdbCodec.Encode(packet, asDaemon: true));

    public ValueTask SayAsync(byte[] bytes) => stream.WriteAsync(bytes);

    public void Close() => stream.Dispose();

    /// <summary>Packets as a client sends them.</summary>
    private sealed class CtdbInputOfTests(Stream from)
    {
        public async Task<CtdbPacket> ReadAsync()
        {
            var size = new byte[4];
            await from.ReadExactlyAsync(size);
            var packet = new byte[BitConverter.ToInt32(size)];
            size.CopyTo(packet, 0);
            await from.ReadExactlyAsync(packet.AsMemory(4));
            return CtdbCodec.Decode(packet);
        }
    }
}
