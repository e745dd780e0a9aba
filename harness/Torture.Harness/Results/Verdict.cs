namespace Torture.Harness.Results;

/// <summary>How a case ended, from best to worst: the worst of a case's findings is its verdict.</summary>
public enum Verdict
{
    /// <summary>Every check holds.</summary>
    Passed,

    /// <summary>The target lacks a capability that the case needs.</summary>
    NotSupported,

    /// <summary>A check was answered with a listed, tolerated outcome.</summary>
    NotStrict,

    /// <summary>It failed in ways that are listed for this product, in no other: <see cref="Expectations"/>.</summary>
    Expected,

    /// <summary>Nothing can be said: a fault was not seen to act, no recovery was seen, a checker threw.</summary>
    Inconclusive,

    /// <summary>An outcome that is neither expected nor tolerated, or a declaration that nothing checked.</summary>
    Failed,
}
