namespace Torture.Harness.Reports;

/// <summary>What a run says about a requirement, from worst to best.</summary>
internal enum RequirementState
{
    /// <summary>A check was broken.</summary>
    Failed,

    /// <summary>A case declares it, but the run did not check it.</summary>
    Declared,

    /// <summary>A check was answered with a tolerated outcome.</summary>
    Tolerated,

    /// <summary>Every check held.</summary>
    Held,

    /// <summary>Every check held, and one turned red against a mutant that violates it.</summary>
    Proved,

    /// <summary>No case of this run declares it, with a reason in the catalogue.</summary>
    Excepted,

    /// <summary>No case of this run declares it.</summary>
    Untested,
}
