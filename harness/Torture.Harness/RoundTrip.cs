using Torture.Protocol.Ndr;

namespace Torture.Harness;

/// <summary>Reads a value from the start of a stub and tells how many bytes it took.</summary>
public delegate T DecodeStub<out T>(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed);

/// <summary>Both directions of one kind of stub.</summary>
public sealed record StubCodec<T>(DecodeStub<T> Decode, Func<T, NdrSyntax, byte[]> Encode);

/// <summary>Bytes that somebody else wrote, and in which syntax.</summary>
public readonly record struct WrittenStub(NdrSyntax Syntax, ReadOnlyMemory<byte> Bytes);

/// <summary>One of the checks of a round trip.</summary>
/// <param name="What">What is asked, such as <c>NDR20: decodes to the value</c>.</param>
/// <param name="Holds">Whether it is so.</param>
/// <param name="Expected">In words or hex.</param>
/// <param name="Actual">In words or hex.</param>
public sealed record RoundTripCheck(string What, bool Holds, string Expected, string Actual);

/// <summary>Holds a codec against bytes with a known value.</summary>
public static class RoundTrip
{
    /// <summary>
    /// Four checks: the bytes decode to the value, every byte is consumed, the value encodes to the bytes, every
    /// proper prefix is refused with <see cref="NdrException"/> and nothing else.
    /// </summary>
    public static IReadOnlyList<RoundTripCheck> Examine<T>(StubCodec<T> codec, T expected, WrittenStub written)
    {
        var (value, consumed, refusal) = Attempt(codec, written.Bytes.Span, written.Syntax);
        var length = written.Bytes.Length;
        return
        [
            new($"{written.Syntax}: decodes to the value",
                refusal is null && EqualityComparer<T>.Default.Equals(value, expected),
                $"{expected}", refusal ?? $"{value}"),
            new($"{written.Syntax}: every byte is consumed",
                refusal is null && consumed == length, $"{length} bytes", refusal ?? $"{consumed} bytes"),
            EncodesTo(codec, expected, written),
            RefusesPrefixes(codec, written),
        ];
    }

    private static RoundTripCheck EncodesTo<T>(StubCodec<T> codec, T value, WrittenStub written)
    {
        var encoded = codec.Encode(value, written.Syntax);
        var same = encoded.AsSpan().CommonPrefixLength(written.Bytes.Span);
        return new($"{written.Syntax}: encodes to the bytes",
            encoded.AsSpan().SequenceEqual(written.Bytes.Span),
            Excerpt(written.Bytes.Span, same),
            Excerpt(encoded, same));
    }

    private static RoundTripCheck RefusesPrefixes<T>(StubCodec<T> codec, WrittenStub written)
    {
        var accepted = new List<string>();
        for (var length = 0; length < written.Bytes.Length; length++)
        {
            var (_, consumed, refusal) = Attempt(codec, written.Bytes.Span[..length], written.Syntax);
            if (refusal is null)
            {
                accepted.Add($"{length} bytes are accepted, {consumed} of them consumed");
            }
            else if (!refusal.StartsWith(nameof(NdrException), StringComparison.Ordinal))
            {
                accepted.Add($"{length} bytes end in {refusal}");
            }
        }

        return new($"{written.Syntax}: every proper prefix is refused", accepted.Count == 0,
            $"{nameof(NdrException)} for each of {written.Bytes.Length}",
            accepted.Count == 0 ? $"{nameof(NdrException)} for each" : string.Join("; ", accepted.Take(3)));
    }

    // Whatever a decoder throws is a finding here, and the next prefix has its turn.
    private static (T? Value, int Consumed, string? Refusal) Attempt<T>(
        StubCodec<T> codec, ReadOnlySpan<byte> stub, NdrSyntax syntax)
    {
        try
        {
            return (codec.Decode(stub, syntax, out var consumed), consumed, null);
        }
        catch (Exception exception)
        {
            return (default, 0, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private static string Excerpt(ReadOnlySpan<byte> bytes, int from)
    {
        var start = Math.Max(0, Math.Min(from, bytes.Length) - 8);
        var excerpt = bytes[start..Math.Min(bytes.Length, start + 32)];
        return $"{bytes.Length} bytes, from {start}: {Convert.ToHexStringLower(excerpt)}";
    }
}
