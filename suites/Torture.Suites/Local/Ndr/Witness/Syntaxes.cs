using Torture.Protocol.Ndr;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>A case for each transfer syntax and byte order.</summary>
public static class Syntaxes
{
    public static IEnumerable<TestCaseData> All =>
        new[] { NdrSyntax.Ndr20, NdrSyntax.Ndr64, NdrSyntax.Ndr20BigEndian, NdrSyntax.Ndr64BigEndian }
            .Select(syntax => new TestCaseData(syntax).SetName($"{{m}}.{Name(syntax)}"));

    public static string Name(NdrSyntax syntax) =>
        (syntax.Is64 ? "Ndr64" : "Ndr20") + (syntax.IsBigEndian ? "BigEndian" : "");
}
