using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.Harness.Proving;

/// <summary>What is to be proved, and how.</summary>
public sealed record ProofOptions
{
    /// <summary>Target, seed, settings; <see cref="RunOptions.Out"/> is the folder above the proof's own.</summary>
    public required RunOptions Run { get; init; }

    /// <summary>Name, sentence and what it violates of each mutant.</summary>
    public required IReadOnlyList<MutantResult> Mutants { get; init; }

    /// <summary>So many cases that verify nothing that a mutant violates are run against it too.</summary>
    public int Bystanders { get; init; } = 8;

    /// <summary>So many mutants are tried at the same time.</summary>
    public int AtOnce { get; init; } = 1;

    /// <summary>One for each run that goes on at the same time.</summary>
    public Func<SuiteRunner> Suites { get; init; } = () => new SuiteRunner();

    /// <summary>A mutant has been tried; from any thread.</summary>
    public Action<MutantResult> Tried { get; init; } = _ => { };
}
