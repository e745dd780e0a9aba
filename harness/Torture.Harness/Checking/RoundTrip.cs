using Torture.Harness.Running;
using Torture.Protocol.Ndr;

namespace Torture.Harness.Checking;

/// <summary>One of the checks of a round trip.</summary>
/// <param name="What">What is asked, such as <c>value decoded from NDR20</c>.</param>
/// <param name="Holds">Whether it is as expected.</param>
/// <param name="Expected">In words or hexadecimal.</param>
/// <param name="Actual">In words or hexadecimal.</param>
public sealed record RoundTripCheck(string What, bool Holds, string Expected, string Actual);

/// <summary>A codec against bytes whose value is known.</summary>
public static class RoundTrip
{
    private const int Excerpt = 32;

    /// <summary>
    /// Four checks: the bytes decode to the value, every byte is consumed, the value encodes to the bytes, every
    /// proper prefix is refused with <see cref="NdrException"/> and nothing else.
    /// </summary>
    public static IReadOnlyList<RoundTripCheck> Examine<T>(
        NdrCodec<T> codec, T value, ReadOnlyMemory<byte> bytes, NdrSyntax syntax)
        where T : notnull
    {
        var (decoded, consumed, refusal) = Decode(codec, bytes.Span, syntax);
        return
        [
            new($"value decoded from {syntax}", refusal is null && value.Equals(decoded),
                Render.Value(value), refusal ?? Render.Value(decoded)),
            new($"bytes of {syntax} consumed", refusal is null && consumed == bytes.Length,
                $"{bytes.Length}", refusal ?? $"{consumed}"),
            Encoded(codec, value, bytes, syntax),
            Prefixes(codec, bytes, syntax),
        ];
    }

    private static RoundTripCheck Encoded<T>(
        NdrCodec<T> codec, T value, ReadOnlyMemory<byte> bytes, NdrSyntax syntax)
    {
        var encoded = codec.Encode(value, syntax);
        var same = encoded.AsSpan().CommonPrefixLength(bytes.Span);
        return new(
            $"bytes encoded in {syntax}", encoded.AsSpan().SequenceEqual(bytes.Span),
            Around(bytes.Span, same), Around(encoded, same));
    }

    private static string Around(ReadOnlySpan<byte> bytes, int difference)
    {
        var start = Math.Max(0, Math.Min(difference, bytes.Length) - Excerpt / 2);
        var excerpt = bytes.Slice(start, Math.Min(bytes.Length - start, Excerpt));
        return $"{bytes.Length} bytes, from {start}: {Convert.ToHexStringLower(excerpt)}";
    }

    private static RoundTripCheck Prefixes<T>(NdrCodec<T> codec, ReadOnlyMemory<byte> bytes, NdrSyntax syntax)
    {
        var wrong = new List<string>();
        for (var length = 0; length < bytes.Length; length++)
        {
            var (_, _, refusal) = Decode(codec, bytes.Span[..length], syntax);
            if (refusal?.StartsWith(nameof(NdrException), StringComparison.Ordinal) != true)
            {
                wrong.Add($"{length} of {bytes.Length} bytes: {refusal ?? "accepted"}");
            }
        }

        return new(
            $"proper prefixes of {syntax} that are not refused", wrong.Count == 0,
            "none", wrong.Count == 0 ? "none" : string.Join("; ", wrong.Take(3)));
    }

    // Whatever a decoder throws is a finding here, and the next prefix has its turn.
    private static (T? Value, int Consumed, string? Refusal) Decode<T>(
        NdrCodec<T> codec, ReadOnlySpan<byte> stub, NdrSyntax syntax)
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
}
