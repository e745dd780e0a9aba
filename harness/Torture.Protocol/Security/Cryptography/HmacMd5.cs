using System.Buffers.Binary;

namespace Torture.Protocol.Security;

/// <summary>
/// HMAC-MD5 (RFC 2104) of one key. The two keyed blocks are compressed once, so that a MAC over a fragment costs the
/// fragment, allocates nothing and holds no native object.
/// </summary>
public sealed class HmacMd5
{
    public const int Size = Md5State.Size;

    private readonly Md5State inner;
    private readonly Md5State outer;

    public HmacMd5(ReadOnlySpan<byte> key)
    {
        Span<byte> block = stackalloc byte[Md5State.Block];
        block.Clear();
        if (key.Length > block.Length)
        {
            Hash(key, block);
        }
        else
        {
            key.CopyTo(block);
        }

        inner = Keyed(block, 0x36);
        outer = Keyed(block, 0x5C);
    }

    /// <summary>MD5 without a key.</summary>
    public static void Hash(ReadOnlySpan<byte> source, Span<byte> hash)
    {
        var state = Md5State.Initial;
        var taken = state.Take(source);
        state.Finish(source[taken..], source.Length, hash);
    }

    /// <summary>MAC over the concatenation of two pieces.</summary>
    public byte[] Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        var message = new byte[first.Length + second.Length];
        first.CopyTo(message);
        second.CopyTo(message.AsSpan(first.Length));
        var mac = new byte[Size];
        var state = inner;
        var taken = state.Take(message);
        Finish(ref state, message.AsSpan(taken), message.Length, mac);
        return mac;
    }

    /// <summary>MAC over a number in four little-endian bytes and a message.</summary>
    public void Compute(uint number, ReadOnlySpan<byte> message, Span<byte> mac)
    {
        Span<byte> block = stackalloc byte[Md5State.Block];
        BinaryPrimitives.WriteUInt32LittleEndian(block, number);
        var head = Math.Min(message.Length, block.Length - 4);
        message[..head].CopyTo(block[4..]);
        var state = inner;
        if (head < block.Length - 4)
        {
            Finish(ref state, block[..(4 + head)], 4 + head, mac);
            return;
        }

        state.Take(block);
        var rest = message[head..];
        var taken = state.Take(rest);
        Finish(ref state, rest[taken..], 4L + message.Length, mac);
    }

    private static Md5State Keyed(ReadOnlySpan<byte> key, byte pad)
    {
        Span<byte> block = stackalloc byte[Md5State.Block];
        for (var at = 0; at < block.Length; at++)
        {
            block[at] = (byte)(key[at] ^ pad);
        }

        var state = Md5State.Initial;
        state.Take(block);
        return state;
    }

    private void Finish(ref Md5State state, ReadOnlySpan<byte> rest, long length, Span<byte> mac)
    {
        Span<byte> hash = stackalloc byte[Size];
        state.Finish(rest, Md5State.Block + length, hash);
        var last = outer;
        last.Finish(hash, Md5State.Block + Size, mac);
    }
}
