using NUnit.Framework;
using Torture.Harness;
using Torture.Requirements;

namespace Torture.Suites.Tiny;

/// <summary>Cases of which a cluster's own name says what is wrong with it.</summary>
public sealed class Proofs : Suite
{
    [Test, Verifies(House.StaysUp)]
    public void StaysUp() => Check.That(House.StaysUp, Does("dies"), false);

    [Test, Verifies(House.NeverHangs)]
    public void Answers() => Check.That(House.NeverHangs, Does("hangs"), false);

    [Test, Verifies(House.NothingLeftBehind)]
    public void LeavesNothing() => Check.That(House.NothingLeftBehind, Does("leaks"), false);

    [Test, Verifies(House.ClearErrors)]
    public void NeverPasses() => Check.That(House.ClearErrors, 1, 2);

    private bool Does(string what) => Cluster.Id.Contains(what, StringComparison.Ordinal);
}
