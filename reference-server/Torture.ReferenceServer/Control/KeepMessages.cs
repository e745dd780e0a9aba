using System.Text.Json.Serialization;

namespace Torture.ReferenceServer.Control;

/// <summary>What a supervisor can be asked.</summary>
public static class KeepVerb
{
    /// <summary>Starts the node <see cref="KeepRequest.Node"/> of the cluster file.</summary>
    public const string Spawn = "spawn";

    /// <summary>SIGKILL.</summary>
    public const string Kill = "kill";

    /// <summary>SIGSTOP.</summary>
    public const string Stop = "stop";

    /// <summary>SIGCONT.</summary>
    public const string Continue = "cont";

    /// <summary>State letters of all nodes, as /proc has them.</summary>
    public const string Status = "status";

    /// <summary>Takes <see cref="KeepRequest.Address"/> from all nodes but <see cref="KeepRequest.Node"/>.</summary>
    public const string Unplug = "unplug";
}

/// <summary>One line to the supervisor.</summary>
/// <param name="Verb">One of <see cref="KeepVerb"/>.</param>
/// <param name="Id">Comes back in the answer.</param>
public sealed record KeepRequest(string Verb, long Id = 0)
{
    public string? Node { get; init; }

    public string? Address { get; init; }

    public string? Mutant { get; init; }
}

/// <summary>One line from the supervisor: an answer (Id) or an event.</summary>
public sealed record KeepMessage
{
    public long Id { get; init; }

    public bool Ok { get; init; }

    public string? Error { get; init; }

    /// <summary>ready, exited, unplugged (the node has no socket on the address from then on).</summary>
    public string? Event { get; init; }

    public string? Node { get; init; }

    public int? Pid { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>The node ended because it was told to.</summary>
    public bool? Expected { get; init; }

    public string? Address { get; init; }

    /// <summary>Monotonic nanoseconds of the host.</summary>
    public long? Sequence { get; init; }

    /// <summary>Sockets that were unplugged.</summary>
    public int? Count { get; init; }

    /// <summary>The last lines that a node that ended wrote to standard error.</summary>
    public string? LastLines { get; init; }

    /// <summary>State letters by node: R, S, T, Z; X where there is no process.</summary>
    public IReadOnlyDictionary<string, string>? States { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 4)]
[JsonSerializable(typeof(KeepRequest))]
[JsonSerializable(typeof(KeepMessage))]
public sealed partial class KeepJson : JsonSerializerContext;
