namespace Torture.Protocol.Rpc;

/// <summary>What is the same in all fragments of a request or response.</summary>
internal readonly record struct MessageHead(
    PduType Type, uint CallId, ushort ContextId, ushort Opnum, Guid? Object, DataRepresentation Representation)
{
    public int Size => Object is null ? 24 : 40;
}

/// <summary>Cuts a message and applies a security context to a fragment: steps that a mutant changes.</summary>
internal interface IFragmentSteps
{
    /// <param name="pdu">Header, body and security trailer with their final lengths.</param>
    void Protect(SecuritySlot slot, Span<byte> pdu, Range body, Span<byte> token);

    /// <summary>Bytes of stub in a fragment that is not the last.</summary>
    /// <param name="free">Bytes between head and trailer of the largest fragment.</param>
    int StubRoom(int free) => FragmentComposer.WholeBlocks(free);

    PduFlags PlaceFlags(bool isFirst, bool isLast) => FragmentComposer.PlaceFlags(isFirst, isLast);
}

/// <summary>Cuts a stub into fragments and protects each ([C706] 12.6.2, [MS-RPCE] 2.2.2.11).</summary>
internal static class FragmentComposer
{
    private const int Alignment = 16;

    /// <summary>Appends all fragments; the caller holds the output's gate.</summary>
    public static void Compose(
        PduOutput output, MessageHead head, ReadOnlySpan<byte> stub, SecuritySlot? slot, int maxFragment,
        IFragmentSteps steps)
    {
        var secured = slot is { Protects: true } ? slot : null;
        var overhead = secured is null ? 0 : SecurityTrailer.Size + secured.TokenSize;
        var room = steps.StubRoom(maxFragment - head.Size - overhead);
        var first = true;
        do
        {
            var piece = stub[..Math.Min(room, stub.Length)];
            var isLast = piece.Length == stub.Length;
            ComposeOne(
                output, head, steps.PlaceFlags(first, isLast), piece, stub.Length, secured, steps);
            stub = stub[piece.Length..];
            first = false;
        }
        while (!stub.IsEmpty);
    }

    public static int WholeBlocks(int free) => free & -Alignment;

    public static PduFlags PlaceFlags(bool isFirst, bool isLast) =>
        (isFirst ? PduFlags.FirstFragment : 0) | (isLast ? PduFlags.LastFragment : 0);

    private static void ComposeOne(
        PduOutput output, MessageHead head, PduFlags flags, ReadOnlySpan<byte> piece, int hint, SecuritySlot? slot,
        IFragmentSteps steps)
    {
        var padding = slot is null ? 0 : -piece.Length & (Alignment - 1);
        var bodyEnd = head.Size + piece.Length + padding;
        var trailerEnd = bodyEnd + (slot is null ? 0 : SecurityTrailer.Size);
        var tokenSize = slot?.TokenSize ?? 0;
        var pdu = output.Reserve(trailerEnd + tokenSize);
        WriteHead(pdu, head, flags, tokenSize, hint);
        piece.CopyTo(pdu[head.Size..]);
        if (slot is not null)
        {
            pdu.Slice(bodyEnd - padding, padding).Clear();
            WriteTrailer(pdu[bodyEnd..], slot, padding, head.Representation.IsBigEndian);
            steps.Protect(slot, pdu[..trailerEnd], head.Size..bodyEnd, pdu[trailerEnd..]);
        }
    }

    private static void WriteHead(Span<byte> pdu, MessageHead head, PduFlags flags, int tokenSize, int hint)
    {
        // [C706] 12.6.4.9, 12.6.4.10
        var big = head.Representation.IsBigEndian;
        var all = head.Object is null ? flags : flags | PduFlags.ObjectUuid;
        new PduHeader(5, 0, head.Type, all, head.Representation, (ushort)pdu.Length, (ushort)tokenSize, head.CallId)
            .Write(pdu);
        PduHeader.Write32(pdu[16..], (uint)hint, big);
        PduHeader.Write16(pdu[20..], head.ContextId, big);
        PduHeader.Write16(pdu[22..], head.Opnum, big);
        head.Object?.TryWriteBytes(pdu[24..], big, out _);
    }

    private static void WriteTrailer(Span<byte> trailer, SecuritySlot slot, int padding, bool big)
    {
        // [MS-RPCE] 2.2.2.11
        trailer[0] = (byte)slot.Type;
        trailer[1] = (byte)slot.Level;
        trailer[2] = (byte)padding;
        trailer[3] = 0;
        PduHeader.Write32(trailer[4..], slot.Id, big);
    }
}
