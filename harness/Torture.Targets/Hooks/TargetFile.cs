using System.Net;
using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>A vendor's cluster as its target file describes it: docs/targets-and-hooks.md has the schema.</summary>
internal sealed record TargetFile
{
    /// <summary>As it was named, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>Hooks run here, and their relative paths begin here.</summary>
    public required string Folder { get; init; }

    /// <summary>Also names the ledger.</summary>
    public required string Name { get; init; }

    public required string NetName { get; init; }

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public required IReadOnlyList<Node> Nodes { get; init; }

    /// <summary>What hooks need to know of a node beyond its addresses, by the node's name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Variables { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    public required IReadOnlyList<PublicAddress> PublicAddresses { get; init; }

    public IReadOnlyList<Share> Shares { get; init; } = [];

    public IReadOnlyList<AccountSource> Accounts { get; init; } = [];

    public ClusterPorts Ports { get; init; } = new();

    /// <summary>Addresses of this machine to connect from; none: whatever the system takes.</summary>
    public IReadOnlyList<IPAddress> Clients { get; init; } = [];

    public CaptureSettings Capture { get; init; } = new([], null, []);

    public Limits Limits { get; init; } = new();

    /// <summary>Whether anything may be broken.</summary>
    public bool MayBreak { get; init; }

    /// <summary>Verbs that may be used.</summary>
    public IReadOnlyCollection<string> Allowed { get; init; } = [];

    public ObserveSettings Observe { get; init; } = new(null, ObserveSettings.UsualPace);

    public IReadOnlyDictionary<string, Hook> Hooks { get; init; } = new Dictionary<string, Hook>();

    public HookStep? Up { get; init; }

    public HookStep? Down { get; init; }

    public HookStep? Logs { get; init; }

    /// <summary>What the cluster cannot do, and why.</summary>
    public IReadOnlyDictionary<Capability, string> Lacks { get; init; } = new Dictionary<Capability, string>();

    /// <summary>Name of a shipped file of expectations, or path of one.</summary>
    public string? Expectations { get; init; }

    public IReadOnlyDictionary<string, string> VariablesOf(Node node) =>
        Variables.GetValueOrDefault(node.Name) ?? new Dictionary<string, string>();
}

/// <param name="Password">Where it comes from.</param>
internal sealed record AccountSource(string Domain, string User, Secret Password);

/// <param name="Interfaces">Of this machine; none: no capture.</param>
/// <param name="Filter">As tcpdump takes it; null: the cluster's own addresses, without ssh.</param>
/// <param name="Markers">Where the datagrams go that mark faults on the wire; none: to the nodes.</param>
internal sealed record CaptureSettings(
    IReadOnlyList<string> Interfaces, string? Filter, IReadOnlyList<IPAddress> Markers);

/// <param name="Step">Prints the documented JSON; null: every node's interface list is asked for.</param>
/// <param name="Pace">Between two observations while something is broken.</param>
internal sealed record ObserveSettings(HookStep? Step, TimeSpan Pace)
{
    public static readonly TimeSpan UsualPace = TimeSpan.FromMilliseconds(250);
}

/// <summary>How one fault is made, undone, and seen to be undone.</summary>
/// <param name="Verify">Run after the undo until it succeeds; null: the observation has the word.</param>
internal sealed record Hook(HookVerb Verb, HookStep Do, HookStep? Undo, HookStep? Verify);
