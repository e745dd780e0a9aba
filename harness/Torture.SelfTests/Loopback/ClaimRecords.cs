using FluentAssertions;
using NUnit.Framework;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Loopback;

/// <summary>What a claim file says is believed only where a loopback cluster can have written it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClaimRecords : IDisposable
{
    private const string NoRoute = "fd77:ffff::/64";

    private readonly TemporaryFolder _temporary = new();

    private string Claim => Path.Combine(_temporary.Path, "claim");

    public void Dispose() => _temporary.Dispose();

    [Test]
    public void WhatIsWrittenIsRead()
    {
        var traces = new LoopbackTraces(LoopbackTraces.NewControlFolder(), "/x/cluster.json");
        using var file = Open();

        traces.Write(file);

        LoopbackTraces.Read(file).Should().Be(traces);
    }

    [TestCase("")]
    [TestCase("\n\n")]
    [TestCase("/\n/x/cluster.json\n")]
    [TestCase("/tmp/\n/x/cluster.json\n")]
    [TestCase("/tmp/torture-networks\n/x/cluster.json\n")]
    [TestCase("/tmp/torture-0123456789ab/../etc\n/x/cluster.json\n")]
    [TestCase("/etc/torture-0123456789ab\n/x/cluster.json\n")]
    [TestCase("torture-0123456789ab\n/x/cluster.json\n")]
    [TestCase("/tmp/torture-0123456789ab\n/x/clus")]
    public void NothingElseIsBelieved(string text)
    {
        File.WriteAllText(Claim, text);
        using var file = Open();

        LoopbackTraces.Read(file).Should().BeNull();
    }

    [Test]
    public void RandomAndHugeRecordsAreNothing()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(1, 20_000)];
            random.NextBytes(bytes);
            File.WriteAllBytes(Claim, bytes);
            using var file = Open();

            LoopbackTraces.Read(file).Should().BeNull();
        }
    }

    [Test]
    public void AFileThatIsNoClusterFileOfThisClusterStays()
    {
        var traces = new LoopbackTraces(LoopbackTraces.NewControlFolder(), Path.Combine(_temporary.Path, "precious"));
        File.WriteAllText(traces.ClusterFile, "not yours");
        Directory.CreateDirectory(traces.ControlFolder);
        var said = new List<string>();

        traces.TryRemove(NoRoute, said.Add).Should().BeTrue();

        File.ReadAllText(traces.ClusterFile).Should().Be("not yours");
        said.Should().Equal(traces.ControlFolder);
    }

    [Test]
    public void WhatTheFolderLinksToStays()
    {
        var traces = new LoopbackTraces(LoopbackTraces.NewControlFolder(), "/x/cluster.json");
        var precious = Path.Combine(_temporary.Path, "precious");
        Directory.CreateDirectory(precious);
        Directory.CreateDirectory(traces.ControlFolder);
        Directory.CreateSymbolicLink(Path.Combine(traces.ControlFolder, "link"), precious);

        traces.TryRemove(NoRoute, _ => { }).Should().BeTrue();

        Directory.Exists(precious).Should().BeTrue();
        Directory.Exists(traces.ControlFolder).Should().BeFalse();
    }

    private FileStream Open() => new(Claim, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
}
