using FluentAssertions;
using NUnit.Framework;
using Torture.Cli.Setup;

namespace Torture.SelfTests.Cli;

/// <summary>When apt's lists are fetched, and what is said of it; the texts are apt's own.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PackageInstallation
{
    private const string Busy = """
        E: Could not get lock /var/lib/apt/lists/lock. It is held by process 22148 (apt-get)
        E: Unable to lock directory /var/lib/apt/lists/
        """;

    private readonly List<string> _ran = [];
    private readonly Queue<ToolResult> _answers = [];
    private readonly StringWriter _log = new();
    private TimeSpan _waited;

    private IEnumerable<string> Log => _log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Test]
    public void WhatIsThereIsInstalledWithoutAnUpdate()
    {
        Answer(0);

        Install().Should().BeTrue();

        _ran.Should().Equal("install");
        Log.Should().Equal("setup: installing libpcap0.8");
    }

    [Test]
    public void WithoutListsTheyAreFetchedFirst()
    {
        Answer(0);
        Answer(0);

        Install(hasLists: false).Should().BeTrue();

        _ran.Should().Equal("update", "install");
        Log.Should().Equal("setup: there are no package lists: apt-get update", "setup: installing libpcap0.8");
    }

    [TestCase("E: Unable to locate package libpcap0.8\nE: Couldn't find any package by glob 'libpcap0.8'")]
    [TestCase("E: Couldn't find any package by regex 'libpcap0.8'")]
    [TestCase("E: Package 'libpcap0.8' has no installation candidate")]
    [TestCase("E: Failed to fetch http://deb/libpcap0.8_1.10.3-1_amd64.deb  404  Not Found\n"
        + "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?")]
    public void ListsThatDoNotHaveItAreFetchedAgainOnce(string said)
    {
        Answer(100, said);
        Answer(0);
        Answer(0);

        Install().Should().BeTrue();

        _ran.Should().Equal("install", "update", "install");
        Log.Should().Equal(
            "setup: installing libpcap0.8", "setup: the package lists do not have libpcap0.8: apt-get update");
    }

    [Test]
    public void WhatTheNewListsDoNotHaveEitherIsSaid()
    {
        Answer(100, "E: Unable to locate package libpcap0.8");
        Answer(0);
        Answer(100, "E: Unable to locate package libpcap0.8");

        Install().Should().BeFalse();

        _ran.Should().Equal("install", "update", "install");
        Log.Last().Should().Be(
            "setup: apt-get install ended with 100: E: Unable to locate package libpcap0.8");
    }

    [Test]
    public void OneUpdateServesAllPackages()
    {
        var packages = Packages(hasLists: false);
        Answer(0);
        Answer(0);
        Answer(100, "E: Unable to locate package tshark");

        packages.Install("libpcap0.8").Should().BeTrue();
        packages.Install("tshark").Should().BeFalse();

        _ran.Should().Equal("update", "install", "install");
    }

    [TestCase("E: You don't have enough free space in /var/cache/apt/archives/.")]
    [TestCase("E: dpkg was interrupted, you must manually run 'dpkg --configure -a'")]
    public void OtherTroubleIsNoReasonForAnUpdate(string said)
    {
        Answer(100, said);

        Install().Should().BeFalse();

        _ran.Should().Equal("install");
        Log.Last().Should().Be($"setup: apt-get install ended with 100: {said}");
    }

    [Test]
    public void AnUpdateThatFailsIsSaidAndTheInstallationTriedAllTheSame()
    {
        Answer(100, "E: The repository 'http://other stable Release' is not signed.");
        Answer(0);

        Install(hasLists: false).Should().BeTrue();

        Log.Should().Contain(
            "setup: apt-get update ended with 100: E: The repository 'http://other stable Release' is not signed.");
    }

    [Test]
    public void AnotherUpdateIsWaitedFor()
    {
        Answer(100, Busy);
        Answer(100, Busy);
        Answer(0);
        Answer(0);

        Install(hasLists: false).Should().BeTrue();

        _ran.Should().Equal("update", "update", "update", "install");
        _waited.Should().Be(TimeSpan.FromSeconds(2));
    }

    [Test]
    public void ALockThatIsNeverFreeIsWaitedForNoLongerThanTheLimit()
    {
        for (var i = 0; i <= AptPackages.LockLimit.TotalSeconds; i++)
        {
            Answer(100, Busy);
        }

        Answer(100, "E: Unable to locate package libpcap0.8");

        Install(hasLists: false).Should().BeFalse();

        _waited.Should().Be(AptPackages.LockLimit);
        Log.Should().Contain(line => line.Contains("It is held by process 22148 (apt-get)"));
    }

    private bool Install(bool hasLists = true) => Packages(hasLists).Install("libpcap0.8");

    private AptPackages Packages(bool hasLists) => new(Run, () => hasLists, time => _waited += time, _log);

    private void Answer(int exitCode, string said = "") => _answers.Enqueue(new ToolResult(exitCode, said));

    private ToolResult Run(string program, string[] arguments)
    {
        program.Should().Be("apt-get");
        arguments[..2].Should().Equal(["-o", "DPkg::Lock::Timeout=300"], "apt itself waits for another apt");
        _ran.Add(arguments[2]);
        return _answers.Dequeue();
    }
}
