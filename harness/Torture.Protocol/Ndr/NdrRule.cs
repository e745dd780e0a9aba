namespace Torture.Protocol.Ndr;

/// <summary>The sections that a refused stub is told with.</summary>
internal static class NdrRule
{
    public const string Octets = "[C706] 14.2";
    public const string Alignment = "[C706] 14.2.2";
    public const string Conformance = "[C706] 14.3.3.2, [MS-RPCE] 3.1.1.5.3";
    public const string Variance = "[C706] 14.3.3.3, [MS-RPCE] 3.1.1.5.3";
    public const string String = "[C706] 14.3.4, [MS-RPCE] 3.1.1.5.3";
    public const string Union = "[C706] 14.3.8, [MS-RPCE] 3.1.1.5.3";
    public const string FullPointer = "[C706] 14.3.11.1";
    public const string ReferencePointer = "[C706] 14.3.12.2, [MS-RPCE] 2.2.5.3";
    public const string NullPointer = "[MS-RPCE] 3.1.1.5.3.3";
    public const string Range = "[MS-RPCE] 3.1.1.5.3, range";
    public const string Depth = "[MS-RPCE] 3.1.1.5.3, depth";
    public const string End = "[C706] 14.4";
}
