using FluentAssertions;
using NUnit.Framework;
using Torture.Cli.Run;
using Torture.Fixtures;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Requirements;

namespace Torture.SelfTests.Harness;

/// <summary>A list of what a product does excuses that and nothing else, and only as long as it is true.</summary>
public sealed class KnownDeviations
{
    private const string One = """
        {
          "product": "P 1",
          "expectations": [
            { "case": "rpc.A.*", "requirement": "X-1", "actual": "left open", "does": "It stays open.",
              "because": "frame 3", "kind": "defect" },
            { "case": "rpc.B.Waits", "reason": "not at its end", "does": "It waits for ever.", "because": "frame 9",
              "kind": "product-note" }
          ]
        }
        """;

    private static readonly Expectations Known = Expectations.Parse("p.json", One);

    [Test]
    public void WhatIsListedIsExpected()
    {
        var judged = Known.Judge(Failed("rpc.A.Closes", Broken("X-1", "left open for 5 s")));

        judged.Verdict.Should().Be(Verdict.Expected);
        judged.Expectation.Should().Be("It stays open.");
        FailureText.Of(judged, "p").Should().Contain("known  It stays open.");
    }

    [Test]
    public void AnotherRequirementIsAFailure() =>
        Known.Judge(Failed("rpc.A.Closes", Broken("X-1", "left open"), Broken("X-2", "left open")))
            .Verdict.Should().Be(Verdict.Failed);

    [Test]
    public void AnotherAnswerIsAFailure() =>
        Known.Judge(Failed("rpc.A.Closes", Broken("X-1", "closed late"))).Verdict.Should().Be(Verdict.Failed);

    [Test]
    public void AnotherCaseIsAFailure() =>
        Known.Judge(Failed("rpc.C.Closes", Broken("X-1", "left open"))).Verdict.Should().Be(Verdict.Failed);

    [Test]
    public void AnExceptionBesidesIsAFailure() =>
        Known.Judge(Failed("rpc.A.Closes", Broken("X-1", "left open")) with
        {
            BesidesChecks = Verdict.Failed, Reason = "IOException: reset",
        }).Verdict.Should().Be(Verdict.Failed);

    [Test]
    public void AReasonIsExcusedByItsText() =>
        Known.Judge(Failed("rpc.B.Waits") with
        {
            BesidesChecks = Verdict.Failed, Reason = "not at its end after its deadline of 60 s",
        }).Verdict.Should().Be(Verdict.Expected);

    [Test]
    public void APassIsToldAsStale()
    {
        var judged = Known.Judge(Failed("rpc.A.Closes") with { Verdict = Verdict.Passed });

        judged.Verdict.Should().Be(Verdict.Failed);
        judged.IsStale.Should().BeTrue();
        Verdicts.ExitCodeOf(Run(judged)).Should().Be(5);
        Verdicts.ExitCodeOf(Run(judged, Failed("rpc.C.X"))).Should().Be(1);
    }

    [Test]
    public void WhatShowsSometimesIsExcusedAndNeverStale()
    {
        var known = Known with { All = [.. Known.All.Select(one => one with { Sometimes = "It is a race." })] };

        known.Judge(Failed("rpc.A.Closes", Broken("X-1", "left open"))).Verdict.Should().Be(Verdict.Expected);
        known.Judge(Failed("rpc.A.Closes") with { Verdict = Verdict.Passed }).Verdict.Should().Be(Verdict.Passed);
        known.Judge(Failed("rpc.A.Closes", Broken("X-1", "closed late"))).Verdict.Should().Be(Verdict.Failed);
    }

    [Test]
    public void WhatWasNotTestedSaysNothing()
    {
        var missing = Failed("rpc.A.Closes") with { Verdict = Verdict.NotSupported };

        Known.Judge(missing).Should().BeSameAs(missing);
    }

    [Test]
    public void OnlyKnownDeviationsAreAConformingRun() => Verdicts.ExitCodeOf(Run(
        Known.Judge(Failed("rpc.A.Closes", Broken("X-1", "left open"))))).Should().Be(0);

    [TestCase("{}", "Product|product")]
    [TestCase("""{"product":"P","expectations":[{"case":"a","does":"","because":"","kind":"defect"}]}""", "a: give")]
    [TestCase("""{"product":"P","expectation":[]}""", "expectation")]
    public void WhatIsNoListIsTold(string text, string told)
    {
        var parse = () => Expectations.Parse("p.json", text);

        parse.Should().Throw<FormatException>().Which.Message.Should().StartWith("p.json").And.MatchRegex(told)
            .And.NotContain("\n");
    }

    [TestCaseSource(nameof(Shipped))]
    public void ShippedListsNameCasesAndRequirementsThatExist(string name)
    {
        var cases = new SuiteRunner().Select([]).Select(planned => planned.NotReached).ToList();

        foreach (var one in Expectations.Parse(name, FixtureFiles.ReadText(name)).All)
        {
            cases.Where(one.IsOf).Should().NotBeEmpty($"{one.Case} is to be a case");
            (one.Requirement is null || Catalogue.TryGet(one.Requirement, out _)).Should().BeTrue(
                $"{one.Requirement} is to be a requirement");
            new[] { one.Does, one.Because }.Should().OnlyContain(text => text.Length > 10 && text.EndsWith('.'));
        }
    }

    private static IEnumerable<string> Shipped() => FixtureFiles.List("expectations/");

    private static CaseResult Failed(string id, params CheckResult[] checks) =>
        new() { Id = id, Verdict = Verdict.Failed, Checks = checks };

    private static CheckResult Broken(string requirement, string actual) => new()
    {
        Requirement = requirement, Outcome = CheckOutcome.Broken, Subject = "the connection", Expected = "closed",
        Actual = actual,
    };

    private static RunResults Run(params CaseResult[] cases) => new()
    {
        RunId = "r", Target = "p", Started = DateTimeOffset.UnixEpoch, Finished = true, Cases = cases,
    };
}
