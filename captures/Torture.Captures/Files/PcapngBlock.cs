namespace Torture.Captures.Files;

/// <summary>Block types and option codes, draft-ietf-opsawg-pcapng section 4 and 11.</summary>
internal static class PcapngBlock
{
    public const uint SectionHeader = 0x0A0D0D0A;
    public const uint Interface = 1;
    public const uint ObsoletePacket = 2;
    public const uint SimplePacket = 3;
    public const uint InterfaceStatistics = 5;
    public const uint EnhancedPacket = 6;

    public const uint ByteOrderMagic = 0x1A2B3C4D;

    public const ushort EndOfOptions = 0;
    public const ushort Comment = 1;
    public const ushort InterfaceName = 2;
    public const ushort InterfaceResolution = 9;
    public const ushort InterfaceFilter = 11;
    public const ushort InterfaceTimeOffset = 14;
    public const ushort Application = 4;
    public const ushort StatisticsReceived = 4;
    public const ushort StatisticsDropped = 5;
}
