using System.Text.RegularExpressions;
using System.Web;
using FluentAssertions;
using NUnit.Framework;
using Torture.Requirements;

namespace Torture.SelfTests.Requirements;

public sealed class CatalogueTests
{
    private static readonly Type[] Classes = [typeof(Swn), typeof(Rpce), typeof(Ctdb), typeof(House)];

    [Test]
    public void WitnessCatalogueIsWhole() =>
        Catalogue.Of(typeof(Swn)).Select(requirement => requirement.Id)
            .Should().Equal(Enumerable.Range(1, 188).Select(number => $"SWN-R{number:000}"));

    [Test]
    public void IdsAreUnique() => Catalogue.All.Should().OnlyHaveUniqueItems(requirement => requirement.Id);

    [TestCaseSource(nameof(Classes))]
    public void ConstantsAgreeWithTheData(Type catalogue)
    {
        var constants = Catalogue.Constants(catalogue).ToList();

        constants.Should().HaveSameCount(Catalogue.Of(catalogue), "each constant has an entry of its own");

        foreach (var (id, name, attribute) in constants)
        {
            var requirement = Catalogue.Get(id);

            requirement.Name.Should().Be(name, id);
            requirement.Level.Should().Be(attribute.Level, id);
            requirement.Note.Should().Be(attribute.Note, id);
            attribute.Section.Should()
                .BeOneOf(requirement.Section, $"{requirement.Specification} {requirement.Section}");
        }
    }

    [TestCaseSource(nameof(Classes))]
    public void SummariesAreTheSentences(Type catalogue)
    {
        var summaries = Summaries(catalogue.Name);

        foreach (var requirement in Catalogue.Of(catalogue))
        {
            summaries.Should().Contain(requirement.Name, requirement.Sentence);
        }
    }

    [Test]
    public void SentencesAreOneLine()
    {
        foreach (var requirement in Catalogue.All)
        {
            requirement.Sentence.Should().EndWith(".").And.NotContain("\n");
            requirement.Sentence.Length.Should().BeInRange(20, 130, requirement.Id);
            requirement.Text.Should().NotBeEmpty();
            requirement.Source.Should().NotBeEmpty();
        }
    }

    [Test]
    public void CountsAreThoseOfTheSpecification()
    {
        var witness = Catalogue.Of(typeof(Swn)).ToList();

        witness.CountBy(requirement => requirement.Level).ToDictionary()
            .Should().Equal(new Dictionary<Level, int>
            {
                [Level.Must] = 92,
                [Level.Defines] = 85,
                [Level.Should] = 11,
            });
        witness.Count(requirement => requirement.Role == Role.Server).Should().Be(130);
        witness.Count(requirement => requirement.Testable == Testable.NeedsCluster).Should().Be(44);
        witness.Count(requirement => requirement.Class == SentenceClass.Companion).Should().Be(7);
        witness.Count(requirement => requirement.Since == "v2").Should().Be(51);
    }

    [Test]
    public void SentencesOfOtherSpecificationsAreCitedThere()
    {
        Catalogue.Get(Swn.KeepAliveElapses).Citation.Should().Be("[MS-SWN] 3.1.5.2");
        Catalogue.Get(Swn.ClusterShareCapability).Citation.Should().Be("[MS-SMB2] 2.2.10");
        Catalogue.Get(Rpce.OpnumOutOfRange).Citation.Should().Be("[C706] E");
        Catalogue.Get(Rpce.BadStubData).Citation.Should().Be("[MS-RPCE] 3.1.3.5.2");
    }

    [Test]
    public void UnknownIdIsRefused()
    {
        Catalogue.TryGet("SWN-R189", out _).Should().BeFalse();
        FluentActions.Invoking(() => Catalogue.Get("SWN-R189")).Should().Throw<KeyNotFoundException>();
    }

    [Test]
    public void ExceptionsHaveReasonsAndExist()
    {
        foreach (var id in CatalogueExceptions.All)
        {
            Catalogue.Get(id).Role.Should().NotBe(Role.Client, id);
            CatalogueExceptions.ReasonFor(id).Should().EndWith(".");
        }
    }

    [Test]
    public void WhatNothingOnTheWireShowsIsExcepted() =>
        Catalogue.All
            .Where(requirement => requirement.Testable == Testable.No && requirement.Role != Role.Client)
            .Where(requirement => requirement.Exception is null)
            .Should().BeEmpty();

    private static Dictionary<string, string> Summaries(string catalogue)
    {
        var folder = Path.Combine(SourceRoot.Find(), "suites/Torture.Requirements");
        var pattern = new Regex(
            @"/// <summary>(?<text>.*?)</summary>\s+\[Requirement.*?public const string (?<name>\w+) =",
            RegexOptions.Singleline);

        return Directory.EnumerateFiles(folder, $"{catalogue}*.cs")
            .SelectMany(file => pattern.Matches(BodyOf(file)))
            .ToDictionary(match => match.Groups["name"].Value, match => Sentence(match.Groups["text"].Value));
    }

    private static string BodyOf(string file)
    {
        var source = File.ReadAllText(file);

        return source[source.IndexOf('{', StringComparison.Ordinal)..];
    }

    private static string Sentence(string summary) =>
        HttpUtility.HtmlDecode(Regex.Replace(summary, @"\s*\n\s*///\s*", " ").Trim());
}
