using System.Net;

namespace Torture.Targets.Containers.Engine;

/// <summary>What answered, such as Docker 20.10.24 with API 1.41.</summary>
internal sealed record EngineVersion(string Product, string Version, string ApiVersion, string Architecture)
{
    public override string ToString() => $"{Product} {Version} (API {ApiVersion})";
}

/// <param name="Size">Bytes on the engine's disk, with all layers.</param>
internal sealed record ImageInfo(
    string Id, IReadOnlyList<string> Tags, IReadOnlyDictionary<string, string> Labels, long Size);

internal sealed record NetworkInfo(
    string Id, string Name, IReadOnlyList<IPNetwork> Subnets, string? Bridge,
    IReadOnlyDictionary<string, string> Labels);

internal sealed record VolumeInfo(string Name, IReadOnlyDictionary<string, string> Labels);

internal sealed record ContainerSummary(
    string Id, string Name, ContainerState State, IReadOnlyDictionary<string, string> Labels);

internal enum ContainerState
{
    Created,
    Running,
    Paused,
    Restarting,
    Removing,
    Exited,
    Dead,
}

internal sealed record ContainerInfo(string Id, string Name, ContainerState State)
{
    /// <summary>Of process 1, as the engine's host counts; 0 where it does not run.</summary>
    public required int ProcessId { get; init; }

    public required int ExitCode { get; init; }

    /// <summary>Why it could not be started; empty where it could.</summary>
    public required string Problem { get; init; }

    /// <summary>Path of its network namespace on the engine's host; empty where it does not run.</summary>
    public required string Sandbox { get; init; }

    /// <summary>Addresses by the name of the network.</summary>
    public required IReadOnlyDictionary<string, AttachedAddress> Addresses { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}

/// <summary>Null where the engine assigned none.</summary>
internal sealed record AttachedAddress(IPAddress? Address, IPAddress? Address6, string MacAddress);
