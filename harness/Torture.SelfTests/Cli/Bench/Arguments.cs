using FluentAssertions;
using NUnit.Framework;
using Torture.Cli.Bench;

namespace Torture.SelfTests.Cli.Bench;

public sealed class Arguments
{
    [TestCase("fanout --clients 0", "--clients is 1 or more, not 0")]
    [TestCase("churn --count -5", "--count is 1 or more, not -5")]
    [TestCase("failover --fault explode", "explode")]
    [TestCase("failover --targets a --faults kill,explode", "--faults: 'explode' is none of kill")]
    [TestCase("up --repeat 0", "--repeat is 1 or more, not 0")]
    [TestCase("rpc --connections many", "many")]
    [TestCase("teleport", "teleport")]
    public void NonsenseIsRefusedByName(string line, string told) =>
        BenchCommand.Create().Parse(line).Errors.Should().Contain(error => error.Message.Contains(told));

    [TestCase("ndr --json")]
    [TestCase("--json ndr")]
    [TestCase("rpc --connections 16 --seconds 5 --depth 4")]
    [TestCase("fanout --clients 10000")]
    [TestCase("failover --repeat 20 --fault pause")]
    [TestCase("failover --targets loopback,containers:engine=ctdb --faults kill,move --repeat 3")]
    [TestCase("up --repeat 5 --nodes 2 --set capture=off")]
    public void SenseIsTaken(string line) => BenchCommand.Create().Parse(line).Errors.Should().BeEmpty();

    [Test]
    public void DecodedResultsHaveTheSizeThatIsTaken() =>
        NdrWork.All().Select(work => work.ResultSize()).Should().OnlyContain(size => size >= 0)
            .And.Contain(size => size > 64 * 32);
}
