using Torture.Protocol;
using Torture.Protocol.Rpc;

namespace Torture.Captures;

/// <summary>Takes a PDU, all of its bytes, and where the first and the last of them were.</summary>
public delegate void PduSink(PduHeader header, ReadOnlyMemory<byte> bytes, FrameStamp first, FrameStamp last);

/// <summary>
/// Cuts one direction of a connection into PDUs ([C706] 12.6.3.1). After lost or senseless bytes it begins again
/// with the next segment that starts like a PDU. Holds one PDU at most, 65,535 bytes.
/// </summary>
public sealed class RpcStreamReader(PduSink sink)
{
    private readonly byte[] _header = new byte[PduHeader.Size];
    private byte[]? _partial;
    private int _filled;
    private FrameStamp _first;
    private bool _isLost;

    /// <summary>Bytes that belong to no PDU.</summary>
    public long Skipped { get; private set; }

    public void Add(ReadOnlyMemory<byte> data, FrameStamp at)
    {
        if (_isLost)
        {
            if (!LooksLikePdu(data.Span))
            {
                Skipped += data.Length;
                return;
            }

            _isLost = false;
        }

        while (!data.IsEmpty && !_isLost)
        {
            data = _filled > 0 ? Continue(data, at) : Begin(data, at);
        }
    }

    /// <summary>Bytes are missing from here on.</summary>
    public void Lose()
    {
        Skipped += _filled;
        _filled = 0;
        _partial = null;
        _isLost = true;
    }

    private ReadOnlyMemory<byte> Begin(ReadOnlyMemory<byte> data, FrameStamp at)
    {
        _first = at;
        if (data.Length >= PduHeader.Size && Read(data.Span) is { } header && header.FragmentLength <= data.Length)
        {
            sink(header, data[..header.FragmentLength], at, at);
            return data[header.FragmentLength..];
        }

        return _isLost ? default : Continue(data, at);
    }

    /// <summary>A PDU that is spread over segments: its header first, then as much as that says.</summary>
    private ReadOnlyMemory<byte> Continue(ReadOnlyMemory<byte> data, FrameStamp at)
    {
        if (_partial is null)
        {
            var wanted = Math.Min(PduHeader.Size - _filled, data.Length);
            data.Span[..wanted].CopyTo(_header.AsSpan(_filled));
            _filled += wanted;
            data = data[wanted..];
            if (_filled < PduHeader.Size || Read(_header) is not { } header)
            {
                return _isLost ? default : data;
            }

            _partial = new byte[header.FragmentLength];
            _header.CopyTo(_partial, 0);
        }

        var rest = Math.Min(_partial.Length - _filled, data.Length);
        data.Span[..rest].CopyTo(_partial.AsSpan(_filled));
        _filled += rest;
        if (_filled == _partial.Length)
        {
            var whole = _partial;
            _partial = null;
            _filled = 0;
            sink(PduHeader.Read(whole), whole, _first, at);
        }

        return data[rest..];
    }

    private PduHeader? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (LooksLikePdu(bytes))
            {
                return PduHeader.Read(bytes);
            }
        }
        catch (ProtocolException)
        {
        }

        Lose();
        return null;
    }

    private static bool LooksLikePdu(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= PduHeader.Size && bytes[0] == 5 && bytes[1] <= 1 && bytes[2] <= (byte)PduType.Rts
        && (bytes[4] & 0xEF) == 0 && bytes[6] == 0 && bytes[7] == 0;
}
