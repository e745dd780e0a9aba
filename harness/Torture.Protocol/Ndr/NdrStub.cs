namespace Torture.Protocol.Ndr;

internal static class NdrStub
{
    /// <summary>The message, unless the stub goes on after it.</summary>
    // [C706] 14.4
    public static T Whole<T>(T message, ReadOnlySpan<byte> stub, int consumed) =>
        consumed == stub.Length
            ? message
            : throw new NdrException(
                $"{stub.Length - consumed} bytes after the last parameter", NdrRule.End, consumed);
}
