using System.Buffers.Binary;
using System.Numerics;

namespace Torture.Protocol.Security;

/// <summary>MD4 (RFC 1320), which .NET does not have: NTOWFv1 is made with it.</summary>
public static class Md4
{
    public const int Size = 16;

    private const int Block = 64;

    public static byte[] Hash(ReadOnlySpan<byte> source)
    {
        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476];
        var rest = source;
        for (; rest.Length >= Block; rest = rest[Block..])
        {
            Compress(state, rest);
        }

        Span<byte> tail = stackalloc byte[2 * Block];
        tail.Clear();
        rest.CopyTo(tail);
        tail[rest.Length] = 0x80;
        var length = rest.Length < Block - 8 ? Block : 2 * Block;
        BinaryPrimitives.WriteInt64LittleEndian(tail[(length - 8)..], (long)source.Length * 8);
        for (var at = 0; at < length; at += Block)
        {
            Compress(state, tail[at..]);
        }

        var hash = new byte[Size];
        for (var word = 0; word < 4; word++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(word * 4), state[word]);
        }

        return hash;
    }

    // RFC 1320 3.4
    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> order =
        [
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
            0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15,
            0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15,
        ];
        ReadOnlySpan<byte> shifts = [3, 7, 11, 19, 3, 5, 9, 13, 3, 9, 11, 15];
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        for (var step = 0; step < 48; step++)
        {
            var round = step / 16;
            var mixed = round switch
            {
                0 => (b & c) | (~b & d),
                1 => ((b & c) | (b & d) | (c & d)) + 0x5A827999,
                _ => (b ^ c ^ d) + 0x6ED9EBA1,
            };
            var word = BinaryPrimitives.ReadUInt32LittleEndian(block[(order[step] * 4)..]);
            var turned = BitOperations.RotateLeft(a + mixed + word, shifts[(round * 4) + (step % 4)]);
            (a, b, c, d) = (d, turned, b, c);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }
}
