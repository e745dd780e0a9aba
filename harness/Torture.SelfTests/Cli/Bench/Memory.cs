using FluentAssertions;
using NUnit.Framework;
using Torture.Cli.Bench;

namespace Torture.SelfTests.Cli.Bench;

public sealed class Memory
{
    private const string Limits =
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        + "Max processes             63372                63372                processes \n"
        + "Max open files            1024                 {0,-20} files     \n";

    [Test]
    public void ResidentSizeIsReadInBytes() =>
        NodeMemory.ResidentOf("Name:\ttorture-node\nVmHWM:\t  99999 kB\nVmRSS:\t  51200 kB\n")
            .Should().Be(51200 * 1024);

    [Test]
    public void ProcessThatEndedHasNoResidentSize() =>
        FluentActions.Invoking(() => NodeMemory.ResidentOf("Name:\ttorture-node\nState:\tZ (zombie)\n"))
            .Should().Throw<IOException>();

    [TestCase("20000", 20000)]
    [TestCase("unlimited", long.MaxValue)]
    public void HardLimitIsTheSecondColumn(string hard, long expected) =>
        OpenFiles.HardLimitOf(string.Format(Limits, hard)).Should().Be(expected);

    [Test]
    public void HeapThatGrowsWithEachPairIsALeak()
    {
        var points = Enumerable.Range(1, 10)
            .Select(i => (Pairs: i * 1000L, Bytes: 5_000_000 + i * 1000L * 100)).ToList();

        Growth.Of(points).BytesPerPair.Should().Be(100);
        Growth.Of(points).IsLeak.Should().BeTrue();
    }

    [Test]
    public void WarmingUpIsNoLeak()
    {
        var points = Enumerable.Range(1, 10)
            .Select(i => (Pairs: i * 100_000L, Bytes: i == 1 ? 500_000L : 5_000_000L + i)).ToList();

        Growth.Of(points).IsLeak.Should().BeFalse();
    }

    [Test]
    public void OnePointShowsNoGrowth() => Growth.Of([(10, 100)]).BytesPerPair.Should().Be(0);
}
