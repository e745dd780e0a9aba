using System.Text;
using System.Text.Json;

namespace Torture.Targets.Containers.Engine;

/// <summary>Docker's Engine API on its socket; podman's socket answers the same.</summary>
internal sealed partial class DockerEngine : IContainerEngine
{
    private readonly EngineHttp _http;

    private DockerEngine(EngineHttp http, RunMark mark, EngineVersion version) =>
        (_http, Mark, Version) = (http, mark, version);

    public EngineVersion Version { get; }

    public bool IsLocal => _http.Address.IsLocal;

    public RunMark Mark { get; }

    /// <summary>Asks the engine at DOCKER_HOST, or at the usual places, for its version.</summary>
    /// <exception cref="EngineException">None answers.</exception>
    public static Task<DockerEngine> ConnectAsync(RunMark mark, CancellationToken cancellationToken) =>
        ConnectAsync(
            EngineAddress.Default(Environment.GetEnvironmentVariable), mark, TimeProvider.System, cancellationToken);

    public static async Task<DockerEngine> ConnectAsync(
        EngineAddress address, RunMark mark, TimeProvider time, CancellationToken cancellationToken)
    {
        var http = new EngineHttp(address, time);
        try
        {
            var request = new EngineRequest(HttpMethod.Get, "/version", "say its version")
            {
                Limit = TimeSpan.FromSeconds(10),
            };
            var said = await http.AskAsync(request, EngineJson.Default.VersionAnswer, cancellationToken);
            var api = said.ApiVersion is { } given && System.Version.TryParse(given, out _)
                ? given
                : throw EngineTroubles.Of(address, request.Doing, new JsonException("no ApiVersion"));
            http.Prefix = $"/v{api}";
            return new DockerEngine(http, mark, new EngineVersion(
                ProductOf(said), said.Version ?? "?", api, said.Arch ?? "?"));
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private static string ProductOf(VersionAnswer said) =>
        (said.Components ?? []).Any(part => part.Name?.StartsWith("Podman", StringComparison.OrdinalIgnoreCase) == true)
            ? "podman"
            : "Docker";

    private static EngineRequest Get(string path, string doing) => new(HttpMethod.Get, path, doing);

    private static EngineRequest Post(string path, string doing, HttpContent? body = null) =>
        new(HttpMethod.Post, path, doing) { Body = body };

    /// <summary>Removing what is gone already is as good.</summary>
    private async Task DeleteAsync(string path, string doing, CancellationToken cancellationToken)
    {
        try
        {
            await _http.SendAsync(new EngineRequest(HttpMethod.Delete, path, doing), cancellationToken);
        }
        catch (EngineException gone) when (gone.Trouble is EngineTrouble.NotFound or EngineTrouble.NoImage)
        {
        }
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private static string FilterByLabel(string label) => "filters=" + Escape(JsonSerializer.Serialize(
        new Dictionary<string, string[]> { ["label"] = [label] }, EngineJson.Default.DictionaryStringStringArray));

    private static Dictionary<string, string> WithoutNull(Dictionary<string, string>? labels) => labels ?? [];

    private Dictionary<string, string> Marked(IReadOnlyDictionary<string, string>? more = null)
    {
        var labels = new Dictionary<string, string>(Mark.Labels);
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            labels[name] = value;
        }

        return labels;
    }

    /// <summary>Reads the lines of a build or import to their end; the last words count.</summary>
    private async Task<bool> FollowAsync(Stream answer, string doing, CancellationToken cancellationToken)
    {
        using var lines = new StreamReader(answer, Encoding.UTF8);
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0
                && JsonSerializer.Deserialize(line, EngineJson.Default.ProgressLine)?.Error is { } error)
            {
                throw EngineTroubles.Of(_http.Address, doing, error);
            }
        }

        return true;
    }
}
