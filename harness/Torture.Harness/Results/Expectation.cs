using System.IO.Enumeration;

namespace Torture.Harness.Results;

/// <summary>Something that a product is known to do otherwise than a requirement has it.</summary>
public sealed record Expectation
{
    /// <summary>Ids of the cases that show it; <c>*</c> stands for anything.</summary>
    public required string Case { get; init; }

    /// <summary>Id of the requirement whose check is broken; null: see <see cref="Reason"/>.</summary>
    public string? Requirement { get; init; }

    /// <summary>Part of the actual value of the broken check; null: any.</summary>
    public string? Actual { get; init; }

    /// <summary>Part of the reason of a case that ends beside its checks.</summary>
    public string? Reason { get; init; }

    /// <summary>What the product does, in a sentence.</summary>
    public required string Does { get; init; }

    /// <summary>Why that is sure: what in the capture shows it.</summary>
    public required string Because { get; init; }

    public required ExpectationKind Kind { get; init; }

    /// <summary>Why it does not show in every run; null: it does, and a case that passes makes it stale.</summary>
    public string? Sometimes { get; init; }

    public bool IsOf(CaseResult result) => FileSystemName.MatchesSimpleExpression(Case, result.Id, ignoreCase: false);

    /// <summary>Whether it explains a broken check.</summary>
    public bool Explains(CheckResult check) => Requirement == check.Requirement
        && (Actual is null || check.Actual.Contains(Actual, StringComparison.Ordinal));

    /// <summary>Whether it explains how a case ended beside its checks.</summary>
    public bool ExplainsReason(CaseResult result) => Reason is not null
        && result.Reason?.Contains(Reason, StringComparison.Ordinal) == true;
}

public enum ExpectationKind
{
    /// <summary>The product is wrong.</summary>
    Defect,

    /// <summary>A known way of this product with which clients live.</summary>
    ProductNote,
}
