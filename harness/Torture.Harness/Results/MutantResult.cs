namespace Torture.Harness.Results;

/// <summary>One deliberate defect and the cases that noticed it.</summary>
public sealed record MutantResult
{
    public required string Name { get; init; }

    /// <summary>One sentence: what it does wrong.</summary>
    public required string Sentence { get; init; }

    /// <summary>Ids of the requirements that it violates.</summary>
    public IReadOnlyList<string> Violates { get; init; } = [];

    /// <summary>Of these, the ones of which a check was broken: seen to be violated.</summary>
    public IReadOnlyList<string> Shown { get; init; } = [];

    /// <summary>Cases that turned red, as they must.</summary>
    public IReadOnlyList<string> KilledBy { get; init; } = [];

    /// <summary>Nothing works any more: no case may pass, and few can say more than that they cannot tell.</summary>
    public bool IsInert { get; init; }

    /// <summary>It is in the way of all calls of a kind: what turns red beside those that must says nothing.</summary>
    public bool Obstructs { get; init; }

    /// <summary>Cases that verify what it violates and did not turn red; of an inert one, all that passed.</summary>
    public IReadOnlyList<string> MissedBy { get; init; } = [];

    /// <summary>Cases that turned red by something that it does not violate.</summary>
    public IReadOnlyList<string> WronglyKilledBy { get; init; } = [];

    /// <summary>Why no case can notice it, where that is so.</summary>
    public string? Equivalent { get; init; }
}
