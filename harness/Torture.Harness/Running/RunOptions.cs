using Torture.Harness.Clusters;

namespace Torture.Harness.Running;

/// <summary>What the user asked of a run.</summary>
public sealed record RunOptions
{
    /// <summary>Name of a target, or path of a target file.</summary>
    public string Target { get; init; } = "loopback";

    /// <summary>Folder above the run's own folder.</summary>
    public string Out { get; init; } = "out";

    /// <summary>A tolerated outcome fails.</summary>
    public bool Strict { get; init; }

    /// <summary>A case that needs what the target lacks fails instead of being NotSupported.</summary>
    public bool MissingIsFailure { get; init; }

    /// <summary>Each case so many times; the worst verdict counts.</summary>
    public int Repeat { get; init; } = 1;

    public int Seed { get; init; } = 1;

    public int Nodes { get; init; } = 3;

    /// <summary>So many clusters side by side, which share the cases out.</summary>
    public int Clusters { get; init; } = 1;

    public string? Mutant { get; init; }

    /// <summary>Session keys beside the captures.</summary>
    public bool Keys { get; init; } = true;

    /// <summary>Evidence folder of each case; without, only results.json is written.</summary>
    public bool Evidence { get; init; } = true;

    /// <summary>For results.json: <c>rpc.witness --target loopback</c>.</summary>
    public string Arguments { get; init; } = "";

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Lines that are no result: the cluster is up, was rebuilt.</summary>
    public Action<string> Log { get; init; } = _ => { };

    /// <summary>In the place of a target found by name: for targets that are made in code.</summary>
    public Func<TargetOptions, CancellationToken, Task<ICluster>>? Up { get; init; }

    /// <summary>
    /// What environment variables say: TORTURE_TARGET, _OUT, _STRICT, _REQUIRE, _SEED, _NODES, _REPEAT, _MUTANT.
    /// </summary>
    public static RunOptions FromEnvironment()
    {
        var defaults = new RunOptions();
        return defaults with
        {
            Target = Of("TARGET") ?? defaults.Target,
            Out = Of("OUT") ?? defaults.Out,
            Strict = Of("STRICT") is "1" or "true",
            MissingIsFailure = Of("REQUIRE") is "1" or "true",
            Seed = int.TryParse(Of("SEED"), out var seed) ? seed : defaults.Seed,
            Nodes = int.TryParse(Of("NODES"), out var nodes) ? nodes : defaults.Nodes,
            Repeat = int.TryParse(Of("REPEAT"), out var repeat) && repeat > 0 ? repeat : defaults.Repeat,
            Mutant = Of("MUTANT"),
        };
    }

    /// <summary>What is asked of the target for one of its clusters.</summary>
    /// <param name="world">Where the cluster is to live, if that is one of its own.</param>
    internal TargetOptions ForTarget(string runId, string folder, IWorld? world, int seed) => new()
    {
        Name = Target,
        RunId = runId,
        Folder = folder,
        Time = world?.Time ?? Time,
        World = world,
        Seed = seed,
        Nodes = Nodes,
        Mutant = Mutant,
        Keys = Keys,
        Settings = Settings,
        Log = Log,
    };

    private static string? Of(string name) =>
        Environment.GetEnvironmentVariable("TORTURE_" + name) is { Length: > 0 } value ? value : null;
}
