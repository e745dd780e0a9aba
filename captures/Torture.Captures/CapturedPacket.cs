namespace Torture.Captures;

/// <summary>One packet of a capture.</summary>
/// <param name="Number">Frame number, from 1, as every analyser counts.</param>
/// <param name="TimeNanoseconds">Since 1970-01-01 UTC.</param>
/// <param name="Data">The bytes that were kept, link header first.</param>
/// <param name="OriginalLength">Bytes on the wire; more than Data holds where the packet was cut.</param>
/// <param name="Interface">Which interface of its section, from 0.</param>
/// <param name="Comment">Of the packet, lines joined; null without one.</param>
public sealed record CapturedPacket(
    long Number,
    long TimeNanoseconds,
    LinkType Link,
    ReadOnlyMemory<byte> Data,
    int OriginalLength,
    int Interface = 0,
    string? Comment = null);
