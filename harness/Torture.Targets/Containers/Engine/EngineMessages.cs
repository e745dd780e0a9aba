using System.Text.Json.Serialization;

namespace Torture.Targets.Containers.Engine;

// The parts of the Engine API's bodies that are read or written here, with its own names.

internal sealed record ErrorAnswer(string? Message);

internal sealed record VersionAnswer(string? Version, string? ApiVersion, string? Arch, VersionComponent[]? Components);

internal sealed record VersionComponent(string? Name);

internal sealed record IdAnswer(string Id);

/// <summary>A line of the answer to a build or an import.</summary>
internal sealed record ProgressLine(string? Stream, string? Status, string? Error);

internal sealed record ImageAnswer(string Id, string[]? RepoTags, long Size, ImageConfig? Config);

internal sealed record ImageConfig(Dictionary<string, string>? Labels);

internal sealed record ImageEntry(string Id, string[]? RepoTags, long Size, Dictionary<string, string>? Labels);

internal sealed record NetworkBody
{
    public string? Id { get; init; }

    public required string Name { get; init; }

    public bool CheckDuplicate { get; init; } = true;

    public string? Driver { get; init; } = "bridge";

    public bool Internal { get; init; }

    [JsonPropertyName("EnableIPv6")]
    public bool EnableIpv6 { get; init; }

    [JsonPropertyName("IPAM")]
    public AddressManagement? Addresses { get; init; }

    public Dictionary<string, string>? Options { get; init; }

    public Dictionary<string, string>? Labels { get; init; }
}

internal sealed record AddressManagement(AddressPool[]? Config);

internal sealed record AddressPool(string? Subnet);

internal sealed record PlugBody(string Container)
{
    public EndpointBody? EndpointConfig { get; init; }

    public bool? Force { get; init; }
}

internal sealed record EndpointBody([property: JsonPropertyName("IPAMConfig")] FixedAddresses? Addresses);

internal sealed record FixedAddresses(
    [property: JsonPropertyName("IPv4Address")] string? Address,
    [property: JsonPropertyName("IPv6Address")] string? Address6);

internal sealed record ContainerBody
{
    public required string Image { get; init; }

    public string? Hostname { get; init; }

    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyList<string>? Cmd { get; init; }

    public string[]? Env { get; init; }

    public Dictionary<string, string>? Labels { get; init; }

    public required HostBody HostConfig { get; init; }

    public required NetworkingBody NetworkingConfig { get; init; }
}

internal sealed record HostBody
{
    public required string NetworkMode { get; init; }

    public IReadOnlyList<string>? CapAdd { get; init; }

    public IReadOnlyDictionary<string, string>? Sysctls { get; init; }

    public Dictionary<string, string>? Tmpfs { get; init; }

    public string[]? Binds { get; init; }

    public string[]? ExtraHosts { get; init; }
}

internal sealed record NetworkingBody(Dictionary<string, EndpointBody> EndpointsConfig);

internal sealed record ContainerEntry(string Id, string[]? Names, string? State, Dictionary<string, string>? Labels);

internal sealed record ContainerAnswer(
    string Id, string Name, StateAnswer State, ContainerConfigAnswer? Config, NetworkSettingsAnswer? NetworkSettings);

internal sealed record StateAnswer(string? Status, int Pid, int ExitCode, string? Error);

internal sealed record ContainerConfigAnswer(Dictionary<string, string>? Labels);

internal sealed record NetworkSettingsAnswer(string? SandboxKey, Dictionary<string, EndpointAnswer>? Networks);

internal sealed record EndpointAnswer(
    [property: JsonPropertyName("IPAddress")] string? Address,
    [property: JsonPropertyName("GlobalIPv6Address")] string? Address6,
    string? MacAddress);

internal sealed record ExitAnswer(int StatusCode);

internal sealed record ExecBody
{
    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; } = true;

    public bool AttachStderr { get; init; } = true;

    public required IReadOnlyList<string> Cmd { get; init; }

    public string[]? Env { get; init; }

    public string? User { get; init; }

    public string? WorkingDir { get; init; }
}

internal sealed record ExecStartBody(bool Detach, bool Tty);

internal sealed record ExecAnswer(bool Running, int? ExitCode);

internal sealed record VolumeBody(string Name, Dictionary<string, string>? Labels);

internal sealed record VolumeListAnswer(VolumeBody[]? Volumes);

[JsonSourceGenerationOptions(
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(IdAnswer))]
[JsonSerializable(typeof(ProgressLine))]
[JsonSerializable(typeof(ImageAnswer))]
[JsonSerializable(typeof(ImageEntry[]))]
[JsonSerializable(typeof(NetworkBody))]
[JsonSerializable(typeof(NetworkBody[]))]
[JsonSerializable(typeof(PlugBody))]
[JsonSerializable(typeof(ContainerBody))]
[JsonSerializable(typeof(ContainerEntry[]))]
[JsonSerializable(typeof(ContainerAnswer))]
[JsonSerializable(typeof(ExitAnswer))]
[JsonSerializable(typeof(ExecBody))]
[JsonSerializable(typeof(ExecStartBody))]
[JsonSerializable(typeof(ExecAnswer))]
[JsonSerializable(typeof(VolumeBody))]
[JsonSerializable(typeof(VolumeListAnswer))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class EngineJson : JsonSerializerContext;
