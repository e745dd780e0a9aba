using System.Diagnostics.CodeAnalysis;

namespace Torture.Harness.Clusters;

/// <summary>A way to have a cluster. Has a parameterless constructor.</summary>
public interface ITarget
{
    /// <exception cref="TargetUnusableException">One line that says what to do.</exception>
    Task<ICluster> UpAsync(TargetOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Removes what runs have left that ended without cleaning up: the crash of a run, of the machine, of an engine.
    /// What a living run owns is not touched, also where it is just coming up.
    /// </summary>
    /// <returns>What was removed, a line each; nothing where the target leaves nothing.</returns>
    /// <exception cref="TargetUnusableException">It cannot be looked for: one line that says what to do.</exception>
    Task<IReadOnlyList<string>> SweepAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);
}

/// <summary>Names a target of an assembly: <c>[assembly: Target("loopback", typeof(LoopbackTarget))]</c>.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class TargetAttribute(
    string name,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] Type type) : Attribute
{
    public string Name { get; } = name;

    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    public Type Type { get; } = type;
}

/// <summary>What the user asked of a target.</summary>
public sealed record TargetOptions
{
    public required string Name { get; init; }

    /// <summary>Marks what belongs to this run: markers, processes, folders.</summary>
    public required string RunId { get; init; }

    /// <summary>Which of the run's clusters, from 1; what makes no clusters has only the first.</summary>
    public int Number { get; init; } = 1;

    /// <summary>Where the run keeps logs and sockets; exists.</summary>
    public required string Folder { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the cluster is to live; null: in the one that all share.</summary>
    public IWorld? World { get; init; }

    public int Seed { get; init; }

    public int Nodes { get; init; } = 3;

    /// <summary>A mutant of the reference server, for targets that can start one.</summary>
    public string? Mutant { get; init; }

    /// <summary>Write session keys beside the capture.</summary>
    public bool Keys { get; init; } = true;

    /// <summary>Anything else, by name: <c>--set profile=ctdb</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public Action<string> Log { get; init; } = _ => { };
}
