using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Torture.Protocol.Security;

/// <summary>
/// The state of an MD5 (RFC 1321) between blocks. A value of its own, because a keyed MAC over each fragment starts
/// from a state that was computed once; the hash of the platform cannot be copied without a native object each time.
/// </summary>
internal struct Md5State
{
    public const int Block = 64;
    public const int Size = 16;

    private uint a;
    private uint b;
    private uint c;
    private uint d;

    public static Md5State Initial => new() { a = 0x67452301, b = 0xEFCDAB89, c = 0x98BADCFE, d = 0x10325476 };

    /// <summary>Takes all whole blocks of the data; gives the number of bytes taken.</summary>
    public int Take(ReadOnlySpan<byte> data)
    {
        var taken = 0;
        for (; data.Length - taken >= Block; taken += Block)
        {
            Compress(data.Slice(taken, Block));
        }

        return taken;
    }

    /// <summary>Takes the last bytes (less than a block) of a message and its padding.</summary>
    public void Finish(ReadOnlySpan<byte> rest, long messageLength, Span<byte> hash)
    {
        Span<byte> tail = stackalloc byte[2 * Block];
        tail.Clear();
        rest.CopyTo(tail);
        tail[rest.Length] = 0x80;
        var length = rest.Length < Block - 8 ? Block : 2 * Block;
        BinaryPrimitives.WriteInt64LittleEndian(tail[(length - 8)..], messageLength * 8);
        Take(tail[..length]);
        BinaryPrimitives.WriteUInt32LittleEndian(hash, a);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[4..], b);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[8..], c);
        BinaryPrimitives.WriteUInt32LittleEndian(hash[12..], d);
    }

    // RFC 1321 3.4
    private void Compress(ReadOnlySpan<byte> block)
    {
        var before = this;
        Round1(block);
        Round2(block);
        Round3(block);
        Round4(block);
        a += before.a;
        b += before.b;
        c += before.c;
        d += before.d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word(ReadOnlySpan<byte> block, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(block[(index * 4)..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint F(uint x, uint y, uint z, uint w, uint word, int shift, uint constant) =>
        y + BitOperations.RotateLeft(x + (w ^ (y & (z ^ w))) + word + constant, shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint G(uint x, uint y, uint z, uint w, uint word, int shift, uint constant) =>
        y + BitOperations.RotateLeft(x + (y & w) + (z & ~w) + word + constant, shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint H(uint x, uint y, uint z, uint w, uint word, int shift, uint constant) =>
        y + BitOperations.RotateLeft(x + (y ^ (z ^ w)) + word + constant, shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint I(uint x, uint y, uint z, uint w, uint word, int shift, uint constant) =>
        y + BitOperations.RotateLeft(x + (z ^ (y | ~w)) + word + constant, shift);

    private void Round1(ReadOnlySpan<byte> block)
    {
        var (x, y, z, w) = (a, b, c, d);
        x = F(x, y, z, w, Word(block, 0), 7, 0xD76AA478);
        w = F(w, x, y, z, Word(block, 1), 12, 0xE8C7B756);
        z = F(z, w, x, y, Word(block, 2), 17, 0x242070DB);
        y = F(y, z, w, x, Word(block, 3), 22, 0xC1BDCEEE);
        x = F(x, y, z, w, Word(block, 4), 7, 0xF57C0FAF);
        w = F(w, x, y, z, Word(block, 5), 12, 0x4787C62A);
        z = F(z, w, x, y, Word(block, 6), 17, 0xA8304613);
        y = F(y, z, w, x, Word(block, 7), 22, 0xFD469501);
        x = F(x, y, z, w, Word(block, 8), 7, 0x698098D8);
        w = F(w, x, y, z, Word(block, 9), 12, 0x8B44F7AF);
        z = F(z, w, x, y, Word(block, 10), 17, 0xFFFF5BB1);
        y = F(y, z, w, x, Word(block, 11), 22, 0x895CD7BE);
        x = F(x, y, z, w, Word(block, 12), 7, 0x6B901122);
        w = F(w, x, y, z, Word(block, 13), 12, 0xFD987193);
        z = F(z, w, x, y, Word(block, 14), 17, 0xA679438E);
        y = F(y, z, w, x, Word(block, 15), 22, 0x49B40821);
        (a, b, c, d) = (x, y, z, w);
    }

    private void Round2(ReadOnlySpan<byte> block)
    {
        var (x, y, z, w) = (a, b, c, d);
        x = G(x, y, z, w, Word(block, 1), 5, 0xF61E2562);
        w = G(w, x, y, z, Word(block, 6), 9, 0xC040B340);
        z = G(z, w, x, y, Word(block, 11), 14, 0x265E5A51);
        y = G(y, z, w, x, Word(block, 0), 20, 0xE9B6C7AA);
        x = G(x, y, z, w, Word(block, 5), 5, 0xD62F105D);
        w = G(w, x, y, z, Word(block, 10), 9, 0x02441453);
        z = G(z, w, x, y, Word(block, 15), 14, 0xD8A1E681);
        y = G(y, z, w, x, Word(block, 4), 20, 0xE7D3FBC8);
        x = G(x, y, z, w, Word(block, 9), 5, 0x21E1CDE6);
        w = G(w, x, y, z, Word(block, 14), 9, 0xC33707D6);
        z = G(z, w, x, y, Word(block, 3), 14, 0xF4D50D87);
        y = G(y, z, w, x, Word(block, 8), 20, 0x455A14ED);
        x = G(x, y, z, w, Word(block, 13), 5, 0xA9E3E905);
        w = G(w, x, y, z, Word(block, 2), 9, 0xFCEFA3F8);
        z = G(z, w, x, y, Word(block, 7), 14, 0x676F02D9);
        y = G(y, z, w, x, Word(block, 12), 20, 0x8D2A4C8A);
        (a, b, c, d) = (x, y, z, w);
    }

    private void Round3(ReadOnlySpan<byte> block)
    {
        var (x, y, z, w) = (a, b, c, d);
        x = H(x, y, z, w, Word(block, 5), 4, 0xFFFA3942);
        w = H(w, x, y, z, Word(block, 8), 11, 0x8771F681);
        z = H(z, w, x, y, Word(block, 11), 16, 0x6D9D6122);
        y = H(y, z, w, x, Word(block, 14), 23, 0xFDE5380C);
        x = H(x, y, z, w, Word(block, 1), 4, 0xA4BEEA44);
        w = H(w, x, y, z, Word(block, 4), 11, 0x4BDECFA9);
        z = H(z, w, x, y, Word(block, 7), 16, 0xF6BB4B60);
        y = H(y, z, w, x, Word(block, 10), 23, 0xBEBFBC70);
        x = H(x, y, z, w, Word(block, 13), 4, 0x289B7EC6);
        w = H(w, x, y, z, Word(block, 0), 11, 0xEAA127FA);
        z = H(z, w, x, y, Word(block, 3), 16, 0xD4EF3085);
        y = H(y, z, w, x, Word(block, 6), 23, 0x04881D05);
        x = H(x, y, z, w, Word(block, 9), 4, 0xD9D4D039);
        w = H(w, x, y, z, Word(block, 12), 11, 0xE6DB99E5);
        z = H(z, w, x, y, Word(block, 15), 16, 0x1FA27CF8);
        y = H(y, z, w, x, Word(block, 2), 23, 0xC4AC5665);
        (a, b, c, d) = (x, y, z, w);
    }

    private void Round4(ReadOnlySpan<byte> block)
    {
        var (x, y, z, w) = (a, b, c, d);
        x = I(x, y, z, w, Word(block, 0), 6, 0xF4292244);
        w = I(w, x, y, z, Word(block, 7), 10, 0x432AFF97);
        z = I(z, w, x, y, Word(block, 14), 15, 0xAB9423A7);
        y = I(y, z, w, x, Word(block, 5), 21, 0xFC93A039);
        x = I(x, y, z, w, Word(block, 12), 6, 0x655B59C3);
        w = I(w, x, y, z, Word(block, 3), 10, 0x8F0CCC92);
        z = I(z, w, x, y, Word(block, 10), 15, 0xFFEFF47D);
        y = I(y, z, w, x, Word(block, 1), 21, 0x85845DD1);
        x = I(x, y, z, w, Word(block, 8), 6, 0x6FA87E4F);
        w = I(w, x, y, z, Word(block, 15), 10, 0xFE2CE6E0);
        z = I(z, w, x, y, Word(block, 6), 15, 0xA3014314);
        y = I(y, z, w, x, Word(block, 13), 21, 0x4E0811A1);
        x = I(x, y, z, w, Word(block, 4), 6, 0xF7537E82);
        w = I(w, x, y, z, Word(block, 11), 10, 0xBD3AF235);
        z = I(z, w, x, y, Word(block, 2), 15, 0x2AD7D2BB);
        y = I(y, z, w, x, Word(block, 9), 21, 0xEB86D391);
        (a, b, c, d) = (x, y, z, w);
    }
}
