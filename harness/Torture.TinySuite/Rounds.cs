using NUnit.Framework;
using Torture.Harness;
using Torture.Requirements;

namespace Torture.Suites.Tiny;

/// <summary>A case whose rounds differ.</summary>
public sealed class Rounds : Suite
{
    private static int _rounds;

    [Test, Verifies(House.StaysUp, House.NeverHangs)]
    public void BreaksOtherwiseTheSecondTime()
    {
        var isFirst = Interlocked.Increment(ref _rounds) % 2 == 1;
        Check.That(House.StaysUp, isFirst ? 2 : 1, 1);
        Check.That(House.NeverHangs, isFirst ? "an answer" : "silence", "an answer");
    }
}
