using System.Runtime.CompilerServices;

namespace Torture.Protocol.Security;

/// <summary>RC4 with a key of 1 to 256 bytes, as NTLMSSP uses it: one stream that goes on from call to call.</summary>
public sealed class Rc4
{
    private Permutation permutation;
    private byte i;
    private byte j;

    public Rc4(ReadOnlySpan<byte> key) => Restart(key);

    /// <summary>Begins the stream of a key anew.</summary>
    public void Restart(ReadOnlySpan<byte> key)
    {
        Span<byte> s = permutation;
        for (var at = 0; at < s.Length; at++)
        {
            s[at] = (byte)at;
        }

        byte other = 0;
        for (var at = 0; at < s.Length; at++)
        {
            other += (byte)(s[at] + key[at % key.Length]);
            (s[at], s[other]) = (s[other], s[at]);
        }

        i = 0;
        j = 0;
    }

    /// <summary>Encrypts or decrypts in place.</summary>
    public void Apply(Span<byte> data)
    {
        // The length of the span is a constant and its indices are bytes: no bounds check is left in the loop.
        Span<byte> s = permutation;
        var (left, right) = (i, j);
        foreach (ref var octet in data)
        {
            left++;
            var a = s[left];
            right += a;
            var b = s[right];
            s[left] = b;
            s[right] = a;
            octet ^= s[(byte)(a + b)];
        }

        (i, j) = (left, right);
    }

    [InlineArray(256)]
    private struct Permutation
    {
        private byte first;
    }
}
