using System.Text.Json.Serialization;

namespace Torture.Harness.Results;

/// <summary>All that is known of a run: the content of <c>results.json</c>.</summary>
public sealed record RunResults
{
    /// <summary>Grows when a reader of the old shape would misunderstand the new one.</summary>
    public int Format { get; init; } = 1;

    public required string RunId { get; init; }

    /// <summary>Such as <c>loopback</c>.</summary>
    public required string Target { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Wall time so far; in simulated time that of the cases together.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>False while the run is under way, and for ever if it was killed.</summary>
    public bool Finished { get; init; }

    /// <summary>Why the run stopped early, or why the target could not be used.</summary>
    public string? Stopped { get; init; }

    /// <summary>A SHOULD that was answered with a tolerated outcome fails.</summary>
    public bool Strict { get; init; }

    /// <summary>Which cluster of the target; null where none was brought up.</summary>
    public string? Cluster { get; init; }

    /// <summary>The mutant under test, where there was one.</summary>
    public string? Mutant { get; init; }

    /// <summary>What the run has to say of itself: the cluster was rebuilt, packets were lost.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Arguments of the run, such as <c>rpc.witness --target loopback</c>.</summary>
    public string Arguments { get; init; } = "";

    public long Seed { get; init; }

    /// <summary>The same seed gives the same run: time and order are simulated.</summary>
    public bool IsReplayable { get; init; }

    /// <summary>The target as a command names it that does the same again.</summary>
    [JsonIgnore]
    public string TargetAgain => IsReplayable ? $"{Target} --seed {Seed}" : Target;

    /// <summary>Names with versions: torture, .NET, kernel, libpcap, the target's own.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new SortedDictionary<string, string>();

    /// <summary>The target's limits by name: failover, notification, ...</summary>
    public IReadOnlyDictionary<string, TimeSpan> Limits { get; init; } = new SortedDictionary<string, TimeSpan>();

    /// <summary>Node names, in cluster order.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    public IReadOnlyList<string> PublicAddresses { get; init; } = [];

    /// <summary>What the target can do; what it cannot is in <see cref="Missing"/>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>What the target cannot do: capability to the hook, privilege or setting that would give it.</summary>
    public IReadOnlyDictionary<string, string> Missing { get; init; } = new SortedDictionary<string, string>();

    /// <summary>What is known of the product, by which the verdicts came about; null: nothing.</summary>
    public Expectations? Known { get; init; }

    /// <summary>Every planned case, in order of its id.</summary>
    public IReadOnlyList<CaseResult> Cases { get; init; } = [];

    /// <summary>Set by <c>torture prove</c>.</summary>
    public IReadOnlyList<MutantResult> Mutants { get; init; } = [];
}
