namespace Torture.Protocol.Ndr;

/// <summary>Which transfer syntax a stub is written in, and in which byte order.</summary>
/// <param name="Is64">NDR64 ([MS-RPCE] 2.2.5) instead of NDR20 ([C706] 14).</param>
/// <param name="IsBigEndian">The data representation label says big-endian integers ([C706] 14.1).</param>
public readonly record struct NdrSyntax(bool Is64, bool IsBigEndian)
{
    public static readonly NdrSyntax Ndr20 = new(Is64: false, IsBigEndian: false);
    public static readonly NdrSyntax Ndr64 = new(Is64: true, IsBigEndian: false);
    public static readonly NdrSyntax Ndr20BigEndian = new(Is64: false, IsBigEndian: true);
    public static readonly NdrSyntax Ndr64BigEndian = new(Is64: true, IsBigEndian: true);

    public override string ToString() => (Is64 ? "NDR64" : "NDR20") + (IsBigEndian ? " big-endian" : "");
}
