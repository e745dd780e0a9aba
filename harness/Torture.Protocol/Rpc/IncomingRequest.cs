using System.Buffers;

namespace Torture.Protocol.Rpc;

/// <summary>A request of which fragments are still to come. The first one says what counts for all.</summary>
internal sealed class IncomingRequest(FragmentLayout first, SecuritySlot? slot)
{
    private byte[] _stub = [];

    public FragmentLayout First => first;

    public SecuritySlot? Slot => slot;

    public int Length { get; private set; }

    public void Append(ReadOnlySpan<byte> piece)
    {
        if (_stub.Length - Length < piece.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_stub.Length * 2, Length + piece.Length));
            _stub.AsSpan(0, Length).CopyTo(larger);
            Release();
            _stub = larger;
        }

        piece.CopyTo(_stub.AsSpan(Length));
        Length += piece.Length;
    }

    /// <summary>The pooled array with the whole stub: the taker returns it.</summary>
    public byte[] Take()
    {
        var stub = _stub;
        _stub = [];
        return stub;
    }

    public void Release()
    {
        if (_stub.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_stub);
        }
    }
}
