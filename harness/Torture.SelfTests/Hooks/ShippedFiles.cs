using FluentAssertions;
using NUnit.Framework;
using Torture.Targets.Hooks;

namespace Torture.SelfTests.Hooks;

/// <summary>What is shipped is what somebody begins with.</summary>
public sealed class ShippedFiles
{
    [TestCaseSource(nameof(Examples))]
    public void AnExampleIsATargetFile(string name)
    {
        var read = () => TargetFileReader.Read(name, "/lab", YamlText.Parse(name, TargetFileSource.Example(name)));

        read.Should().NotThrow().Which.Hooks.Should().NotBeEmpty();
    }

    [Test]
    public void TheExamplesAreThere() =>
        Examples().Should().BeEquivalentTo(["ontap", "samba-ssh", "windows-cluster"]);

    [TestCase("loopback-hooks")]
    [TestCase("samba-ctdb")]
    public void AShippedTargetWaitsForItsHookUp(string name)
    {
        var loader = TargetFileLoader.Open(name, new Dictionary<string, string>());

        loader.WaitsForUp.Should().BeTrue();
        loader.Start.Should().Match<TargetFileStart>(start => start.Up != null && start.Down != null);
    }

    private static IEnumerable<string> Examples() => TargetFileSource.Examples;
}
