namespace Torture.Captures.Rpc;

internal static class RpcFragment
{
    /// <summary>Takes the stub out of a fragment whose body is plain.</summary>
    public static void Plain(ObservedPdu pdu) => Plain(pdu, pdu.Bytes);

    // [MS-RPCE] 2.2.2.11
    public static void Plain(ObservedPdu pdu, ReadOnlyMemory<byte> bytes)
    {
        var body = bytes[pdu.Body];
        if (pdu.PadLength > body.Length)
        {
            pdu.Unreadable = $"auth_pad_length {pdu.PadLength} is longer than the body";
            return;
        }

        pdu.Stub = body[..^pdu.PadLength];
        pdu.Unreadable = null;
    }
}
