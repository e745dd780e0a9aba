using System.Buffers.Binary;
using Torture.Captures.Trace;

namespace Torture.Captures.Smb;

/// <summary>Where SMB2 commands go.</summary>
internal interface ISmbSink
{
    int Add(ObservedSmb command);

    void Update(ObservedSmb command);
}

/// <summary>
/// Follows one SMB2 connection over direct TCP ([MS-SMB2] 2.1, 2.2.1) by its headers; what is encrypted or compounded
/// behind the first command is passed over.
/// </summary>
internal sealed class SmbConnection(ConnectionRecord connection, ISmbSink sink) : IStreamReader
{
    private const uint Pending = 0x103;
    private const int MaximumOpen = 65_536;

    private readonly Dictionary<ulong, ObservedSmb> _open = [];
    private readonly Direction _client = new();
    private readonly Direction _server = new();

    public void OnData(bool fromClient, ReadOnlyMemory<byte> data, FrameStamp at) =>
        (fromClient ? _client : _server).Add(data.Span, at, OnMessage);

    public void OnGap(bool fromClient, FrameStamp at) => (fromClient ? _client : _server).Lose();

    public void OnClosed(bool fromClient, TcpClose how, FrameStamp at) => _open.Clear();

    public bool OpenSealed() => false;

    // [MS-SMB2] 2.2.1.2, 2.2.4
    private void OnMessage(ReadOnlySpan<byte> message, FrameStamp at)
    {
        var isResponse = (message[16] & 1) != 0;
        var command = (SmbCommand)BinaryPrimitives.ReadUInt16LittleEndian(message[12..]);
        var id = BinaryPrimitives.ReadUInt64LittleEndian(message[24..]);
        if (!isResponse)
        {
            var request = new ObservedSmb(0, connection.Flow, command, id, at, null, null, null);
            request = request with { Index = sink.Add(request) };
            sink.Update(request);
            if (_open.Count < MaximumOpen)
            {
                _open[id] = request;
            }

            return;
        }

        var status = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]);
        if (status != Pending)
        {
            var server = command == SmbCommand.NEGOTIATE && message.Length >= Direction.Kept
                ? new Guid(message[72..88])
                : (Guid?)null;
            Answer(id, command, at, status, server);
        }
    }

    private void Answer(ulong id, SmbCommand command, FrameStamp at, uint status, Guid? server)
    {
        if (!_open.Remove(id, out var request))
        {
            request = new ObservedSmb(0, connection.Flow, command, id, null, null, null, null);
            request = request with { Index = sink.Add(request) };
        }

        sink.Update(request with { ResponseAt = at, Status = status, ServerId = server });
    }

    private delegate void MessageSink(ReadOnlySpan<byte> message, FrameStamp at);

    /// <summary>Keeps the start of each message and passes over the rest.</summary>
    private sealed class Direction
    {
        public const int Kept = 88;
        private const int Frame = 4;

        private readonly byte[] _start = new byte[Frame + Kept];
        private int _filled;
        private int _left;
        private bool _isLost;

        public void Lose() => (_filled, _left, _isLost) = (0, 0, true);

        public void Add(ReadOnlySpan<byte> data, FrameStamp at, MessageSink sink)
        {
            if (_isLost && !IsMessage(data))
            {
                return;
            }

            _isLost = false;
            while (!data.IsEmpty && !_isLost)
            {
                data = _left > 0 ? Skip(data) : Fill(data, at, sink);
            }
        }

        private ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> data)
        {
            var part = Math.Min(_left, data.Length);
            _left -= part;
            return data[part..];
        }

        private ReadOnlySpan<byte> Fill(ReadOnlySpan<byte> data, FrameStamp at, MessageSink sink)
        {
            var wanted = _filled < Frame ? Frame : Frame + Math.Min(Kept, Length());
            var part = Math.Min(wanted - _filled, data.Length);
            data[..part].CopyTo(_start.AsSpan(_filled));
            _filled += part;
            if (_filled >= Frame && _start[0] != 0)
            {
                Lose();
                return default;
            }

            var kept = Math.Min(Kept, _filled >= Frame ? Length() : Kept);
            if (_filled >= Frame && _filled == Frame + kept)
            {
                _left = Length() - kept;
                _filled = 0;
                if (kept >= 64 && IsSmb2(_start.AsSpan(Frame)))
                {
                    sink(_start.AsSpan(Frame, kept), at);
                }
            }

            return data[part..];
        }

        private int Length() => (_start[1] << 16) | (_start[2] << 8) | _start[3];

        private static bool IsMessage(ReadOnlySpan<byte> data) =>
            data.Length >= Frame + 64 && data[0] == 0 && IsSmb2(data[Frame..]);

        private static bool IsSmb2(ReadOnlySpan<byte> message) =>
            message is [0xFE, (byte)'S', (byte)'M', (byte)'B', ..];
    }
}
