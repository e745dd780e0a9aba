using Torture.Harness.Running;
using Torture.Protocol.Ndr;

namespace Torture.Harness.Checking;

/// <summary>A codec against bytes whose value is known.</summary>
internal static class RoundTrip
{
    public static void Check<T>(
        CheckLog log, string requirement, ReadOnlyMemory<byte> bytes, T value, NdrCodec<T> codec, NdrSyntax syntax)
        where T : notnull
    {
        var (decoded, consumed) = Decode(bytes, codec, syntax);
        log.Compare(requirement, decoded, Render.Value(value), [], $"value decoded from {syntax}");
        log.Compare(requirement, consumed, bytes.Length, [], "bytes consumed");

        var encoded = codec.Encode(value, syntax);
        log.Compare(
            requirement, Convert.ToHexString(encoded), Convert.ToHexString(bytes.Span), [], "bytes encoded");
        log.Compare(
            requirement, Decode(encoded, codec, syntax).Value, Render.Value(value), [], "value decoded again");
        log.Compare(requirement, Accepted(bytes, codec, syntax), "none", [], "proper prefixes that are accepted");
    }

    private static (string Value, int Consumed) Decode<T>(
        ReadOnlyMemory<byte> bytes, NdrCodec<T> codec, NdrSyntax syntax)
    {
        try
        {
            var value = codec.Decode(bytes.Span, syntax, out var consumed);
            return (Render.Value(value), consumed);
        }
        catch (NdrException refused)
        {
            return ($"refused: {refused.Message}", 0);
        }
    }

    /// <summary>The first prefix that is not refused as it should be; "none" where all are.</summary>
    private static string Accepted<T>(ReadOnlyMemory<byte> bytes, NdrCodec<T> codec, NdrSyntax syntax)
    {
        for (var length = 0; length < bytes.Length; length++)
        {
            try
            {
                codec.Decode(bytes.Span[..length], syntax, out _);
                return $"{length} of {bytes.Length} bytes";
            }
            catch (NdrException)
            {
            }
            catch (Exception other)
            {
                return $"{length} of {bytes.Length} bytes end in {other.GetType().Name}";
            }
        }

        return "none";
    }
}
