using FluentAssertions;
using NUnit.Framework;
using Torture.Fixtures;
using Torture.Targets.Hooks;

namespace Torture.SelfTests.Hooks;

/// <summary>What is shipped is what somebody begins with.</summary>
public sealed class ShippedFiles
{
    private const string Variable = "TORTURE_STATE";

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

    /// <summary>Each cluster of a run reads the file for itself.</summary>
    [Test, NonParallelizable]
    public void SeveralUnpackItAtOnce()
    {
        var state = Directory.CreateTempSubdirectory("torture-state-");
        var before = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, state.FullName);
        try
        {
            var folders = new string[8];
            Parallel.For(0, folders.Length, at => folders[at] = TargetFileSource.Find("samba-ctdb").Folder);

            folders.Distinct().Should().ContainSingle().Which.Should().StartWith(state.FullName);
            Directory.GetFiles(Path.Combine(folders[0], "samba-ctdb"), "*", SearchOption.AllDirectories)
                .Should().HaveCount(FixtureFiles.List("targets/samba-ctdb/").Count(), "nothing half is left");
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, before);
            state.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> Examples() => TargetFileSource.Examples;
}
