using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;

namespace Torture.SelfTests.Architecture;

/// <summary>Rules of the house that no compiler knows.</summary>
public sealed partial class Tidiness
{
    private static readonly string Checkout = FindCheckout();

    [Test]
    public void LinesFitOnAScreen() =>
        Lines().Where(line => line.Text.Length > 120).Select(line => line.Where).Should().BeEmpty();

    [Test]
    public void NothingIsLeftUnfinished() =>
        Lines().Where(line => Unfinished().IsMatch(line.Text)).Select(line => line.Where).Should().BeEmpty();

    [Test]
    public void NoRegionHidesCode() =>
        Lines().Where(line => line.Text.TrimStart().StartsWith("#region", StringComparison.Ordinal))
            .Select(line => line.Where).Should().BeEmpty();

    [Test]
    public void FilesStaySmall() =>
        Sources().Where(file => File.ReadLines(file).Count() > 500)
            .Select(file => Path.GetRelativePath(Checkout, file)).Should().BeEmpty();

    private static IEnumerable<(string Where, string Text)> Lines() =>
        Sources().SelectMany(file => File.ReadLines(file)
            .Select((text, index) => ($"{Path.GetRelativePath(Checkout, file)}:{index + 1}", text)));

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Checkout, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Built().IsMatch(Path.GetRelativePath(Checkout, file)));

    private static string FindCheckout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Torture.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException("These tests read the sources: run them from a checkout.");
    }

    // Written in halves, so that this file does not find itself.
    [GeneratedRegex(
        "NotImplemented" + @"Exception|\bTO" + @"DO\b|\bFIX" + @"ME\b|\bHA" + @"CK\b"
        + @"|\[Ign" + @"ore|Assert\.Pa" + @"ss\(")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"(^|[\\/])(bin|obj|out)[\\/]")]
    private static partial Regex Built();
}
