using FluentAssertions;
using NUnit.Framework;
using Torture.Cli.Setup;

namespace Torture.SelfTests.Cli;

public sealed class Totals
{
    private string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("torture-totals-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void SumsOverFiles()
    {
        Write("a.trx", "Passed", "Passed", "Failed");
        Write("b.trx", "Passed", "NotExecuted");

        var totals = TestTotals.Of([folder]);

        totals.ToString().Should().Be("3 passed, 1 failed, 1 skipped");
        totals.AreGood.Should().BeFalse();
    }

    [Test]
    public void AllPassedIsGood()
    {
        Write("a.trx", "Passed");

        TestTotals.Of([folder]).AreGood.Should().BeTrue();
    }

    [TestCase("Inconclusive")]
    [TestCase("Aborted")]
    [TestCase("Timeout")]
    public void WhatHasNoGoodVerdictHasFailed(string outcome)
    {
        Write("a.trx", "Passed", outcome);

        TestTotals.Of([folder]).Failed.Should().Be(1);
    }

    [Test]
    public void SkippedIsNotGood()
    {
        Write("a.trx", "Passed", "NotExecuted");

        TestTotals.Of([folder]).AreGood.Should().BeFalse();
    }

    [Test]
    public void SkippedInOneRunAndPassedInAnotherIsNotSkipped()
    {
        WriteNamed("platform.trx", "Torture.Suites.Failover.StalledLock", "Stalls", "NotExecuted");
        WriteNamed("run.trx", "failover.StalledLock", "Stalls", "Passed");

        TestTotals.Of([folder]).Should().BeEquivalentTo(new { Passed = 1, Failed = 0, Skipped = 0, AreGood = true });
    }

    [Test]
    public void SkippedHereAndAnotherPassedThereIsSkipped()
    {
        WriteNamed("platform.trx", "Torture.Suites.Failover.StalledLock", "Stalls", "NotExecuted");
        WriteNamed("run.trx", "failover.StalledLock", "Recovers", "Passed");

        TestTotals.Of([folder]).Should().BeEquivalentTo(new { Passed = 1, Skipped = 1, AreGood = false });
    }

    [TestCase("loopback", true), TestCase("containers", false)]
    public void WhatPassedOnAnotherTargetIsSkippedHere(string passedOn, bool isGood)
    {
        WriteNamed("default.trx", "failover.StalledLock", "Stalls", "NotExecuted", "loopback");
        WriteNamed("lock.trx", "failover.StalledLock", "Stalls", "Passed", passedOn);

        TestTotals.Of([folder]).AreGood.Should().Be(isGood);
    }

    [TestCase("loopback:LinkAddresses", true), TestCase("containers:LinkAddresses", false)]
    [TestCase("loopback:Capture", false), TestCase("loopback:", false)]
    public void WhatATargetCannotHaveMayPassOnAnother(string lacks, bool isGood)
    {
        WriteNamed("one.trx", "failover.OnTheLink", "Tells", "NotExecuted", "loopback", needs: "LinkAddresses");
        WriteNamed("other.trx", "failover.OnTheLink", "Tells", "Passed", "containers");

        TestTotals.Of([folder], [lacks]).AreGood.Should().Be(isGood);
    }

    [Test]
    public void WhatATargetCannotHaveMustPassSomewhere()
    {
        WriteNamed("one.trx", "failover.OnTheLink", "Tells", "NotExecuted", "loopback", needs: "LinkAddresses");
        WriteNamed("other.trx", "failover.OnTheLink", "Asks", "Passed", "containers");

        TestTotals.Of([folder], ["loopback:LinkAddresses"]).Skipped.Should().Be(1);
    }

    [Test]
    public void NoTestIsNotGood()
    {
        Write("a.trx");

        var totals = TestTotals.Of([folder]);

        totals.AreGood.Should().BeFalse();
        totals.Problems.Should().ContainSingle().Which.Should().Contain("holds no test");
    }

    [Test]
    public void NoFileIsNotGood() => TestTotals.Of([folder]).AreGood.Should().BeFalse();

    [Test]
    public void TruncatedFileIsTold()
    {
        Write("good.trx", "Passed");
        File.WriteAllText(Path.Combine(folder, "bad.trx"), "<TestRun><Results>");

        var totals = TestTotals.Of([folder]);

        totals.AreGood.Should().BeFalse();
        totals.Problems.Should().ContainSingle().Which.Should().Contain("bad.trx");
    }

    private void Write(string name, params string[] outcomes) =>
        File.WriteAllText(
            Path.Combine(folder, name),
            "<TestRun xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\"><Results>"
            + string.Concat(outcomes.Select(outcome => $"<UnitTestResult outcome=\"{outcome}\"/>"))
            + "</Results></TestRun>");

    private void WriteNamed(string file, string owner, string test, string outcome, string computer = "here",
        string needs = "Nothing") =>
        File.WriteAllText(
            Path.Combine(folder, file),
            "<TestRun xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\"><Results>"
            + $"<UnitTestResult testId=\"1\" computerName=\"{computer}\" outcome=\"{outcome}\"><Output>"
            + $"<ErrorInfo><Message>- {test}\n       needs  {needs}: why\n</Message></ErrorInfo>"
            + "</Output></UnitTestResult>"
            + "</Results><TestDefinitions><UnitTest id=\"1\">"
            + $"<TestMethod className=\"{owner}\" name=\"{test}\"/></UnitTest></TestDefinitions></TestRun>");
}
