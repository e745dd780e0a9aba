using System.Buffers.Binary;
using Torture.Captures.Files;

namespace Torture.Captures;

/// <summary>
/// pcap and pcapng, every byte order and resolution (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng). A file that
/// ends in the middle of a packet gives what precedes it; anything else that is wrong is a
/// <see cref="CaptureException"/> with its offset.
/// </summary>
public static class CaptureFile
{
    /// <summary>No interface delivers more in one packet; a larger length is nonsense.</summary>
    public const int MaximumPacket = 262_144;

    /// <param name="path">The file.</param>
    /// <param name="warn">Told of a file that was cut short.</param>
    public static IEnumerable<CapturedPacket> Read(string path, Action<string>? warn = null)
    {
        using var stream = Open(path);
        foreach (var packet in Read(stream, warn))
        {
            yield return packet;
        }
    }

    /// <param name="stream">Read from where it stands to its end; not closed.</param>
    /// <param name="warn">Told of a capture that was cut short.</param>
    public static IEnumerable<CapturedPacket> Read(Stream stream, Action<string>? warn = null)
    {
        var source = new ByteSource(stream);
        var magic = new byte[4];
        if (!source.TryFill(magic))
        {
            throw new CaptureException("not a capture: the file is shorter than 4 bytes");
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(magic) == PcapngBlock.SectionHeader
            ? new PcapngReader(source, warn).Packets()
            : new PcapReader(source, magic, warn).Packets();
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"cannot open {path}: {e.Message}", e);
        }
    }
}
