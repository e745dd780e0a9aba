using System.Net;
using NUnit.Framework;
using Torture.Harness;
using Torture.Harness.Clusters;
using Torture.Requirements;

namespace Torture.Suites.Tiny;

/// <summary>One case for each way to end.</summary>
public sealed class Verdicts : Suite
{
    [Test, Verifies(House.StaysUp)]
    public void Passes() => Check.That(House.StaysUp, 1, 1);

    [Test, Verifies(House.StaysUp)]
    public void Tolerates() => Check.That(House.StaysUp, 2, 1, tolerated: [2]);

    [Test, Verifies(House.StaysUp)]
    public void Breaks()
    {
        Check.That(House.StaysUp, 3, 1, tolerated: [2]);
        Check.That(House.StaysUp, 1, 1);
        Check.That(House.NeverHangs, "silence", "an answer");
    }

    [Test, Verifies(House.StaysUp)]
    public void Throws()
    {
        Check.That(House.StaysUp, 1, 1);
        throw new InvalidDataException("torn");
    }

    [Test, Verifies(House.StaysUp)]
    public void CannotTell() => throw new Harness.Clusters.InconclusiveException("nobody there");

    [Test, Verifies(House.StaysUp)]
    public void IsNotSupportedHalfWay() =>
        throw new NotSupportedByTargetException(Capability.MoveShare, "write the hook move-share");

    [Test, Verifies(House.StaysUp), Needs(Capability.BanNode)]
    public void NeedsWhatIsMissing() => Check.That(House.StaysUp, 1, 1);

    [Test, Verifies(House.StaysUp, House.NeverHangs)]
    public void IsVacuous() => Check.That(House.StaysUp, 1, 1);

    [Test, Verifies(House.NeverHangs), Takes(0.05)]
    public async Task RunsIntoItsDeadline()
    {
        Check.That(House.NeverHangs, 1, 1);
        await Task.Delay(Timeout.InfiniteTimeSpan, Time, Deadline);
    }

    [Test, Verifies(House.StaysUp)]
    public async Task Connects()
    {
        await using var connection = await OpenAsync(new IPEndPoint(Cluster.PublicAddresses[0].Address, 445));
        Check.That(House.StaysUp, connection.Remote.Port, 445);
    }

    [Test, Verifies(House.StaysUp)]
    public void ToleratesAndBreaks()
    {
        Check.That(House.StaysUp, 2, 1, tolerated: [2]);
        Check.That(House.StaysUp, 3, 1);
    }

    [TestCase(1, TestName = "Counts.One")]
    [TestCase(2, TestName = "Counts.Two")]
    [Verifies(House.StaysUp)]
    public void Counts(int number) => Check.That(House.StaysUp, number, number);
}
