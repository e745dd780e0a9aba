using System.Globalization;
using System.Net;
using System.Text;

namespace Torture.Targets.Containers.Engine;

internal sealed partial class DockerEngine
{
    private const int FreezeAttempts = 8;

    public async Task<string> CreateContainerAsync(ContainerSpec container, CancellationToken cancellationToken)
    {
        var request = Post(
            $"/containers/create?name={Escape(container.Name)}", $"create container {container.Name}",
            EngineHttp.Json(BodyOf(container), EngineJson.Default.ContainerBody));
        var id = (await _http.AskAsync(request, EngineJson.Default.IdAnswer, cancellationToken)).Id;
        try
        {
            // At creation engines before API 1.44 take one network only.
            foreach (var attachment in container.Networks.Skip(1))
            {
                await ConnectAsync(id, attachment, cancellationToken);
            }

            return id;
        }
        catch
        {
            await RemoveContainerAsync(id, CancellationToken.None);
            throw;
        }
    }

    public Task StartAsync(string container, CancellationToken cancellationToken) =>
        DoAsync(container, "start", "start", cancellationToken);

    public Task StopAsync(string container, TimeSpan grace, CancellationToken cancellationToken)
    {
        var seconds = Math.Ceiling(grace.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var request = Post($"/containers/{Escape(container)}/stop?t={seconds}", $"stop container {container}");
        return _http.SendAsync(request with { Limit = request.Limit + grace }, cancellationToken);
    }

    public Task KillAsync(string container, string signal, CancellationToken cancellationToken) =>
        DoAsync(container, $"kill?signal={Escape(signal)}", $"send {signal} to", cancellationToken);

    /// <summary>Processes that start meanwhile can get away from the freezer; then nothing is frozen: again.</summary>
    public async Task PauseAsync(string container, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await DoAsync(container, "pause", "pause", cancellationToken);
                return;
            }
            catch (EngineException gotAway) when (attempt < FreezeAttempts
                && gotAway.Message.Contains("unable to freeze", StringComparison.Ordinal))
            {
                // Nothing to wait for: the engine itself has tried for a while.
            }
        }
    }

    public Task UnpauseAsync(string container, CancellationToken cancellationToken) =>
        DoAsync(container, "unpause", "unpause", cancellationToken);

    public async Task RemoveContainerAsync(string container, CancellationToken cancellationToken)
    {
        if (await InspectAsync(container, cancellationToken) is not { } found)
        {
            return;
        }

        if (found.State == ContainerState.Paused)
        {
            await UnpauseAsync(found.Id, cancellationToken);
        }

        await DeleteAsync(
            $"/containers/{Escape(found.Id)}?force=1&v=1", $"remove container {container}", cancellationToken);
    }

    public async Task<ContainerInfo?> InspectAsync(string container, CancellationToken cancellationToken)
    {
        var request = Get($"/containers/{Escape(container)}/json", $"look at container {container}");
        var found = await _http.FindAsync(request, EngineJson.Default.ContainerAnswer, cancellationToken);
        return found is null ? null : Describe(found);
    }

    public async Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(
        string label, CancellationToken cancellationToken)
    {
        var request = Get($"/containers/json?all=1&{FilterByLabel(label)}", "list containers");
        var containers = await _http.AskAsync(request, EngineJson.Default.ContainerEntryArray, cancellationToken);
        return [.. containers.Select(container => new ContainerSummary(
            container.Id, (container.Names ?? []).FirstOrDefault("").TrimStart('/'), StateOf(container.State),
            WithoutNull(container.Labels)))];
    }

    public async Task<int> WaitForExitAsync(string container, CancellationToken cancellationToken)
    {
        var request = Post($"/containers/{Escape(container)}/wait", $"wait for the end of container {container}");
        return (await _http.AskAsync(
            request with { Limit = null }, EngineJson.Default.ExitAnswer, cancellationToken)).StatusCode;
    }

    public Task<string> ReadLogsAsync(string container, int? lastLines, CancellationToken cancellationToken)
    {
        var tail = lastLines?.ToString(CultureInfo.InvariantCulture) ?? "all";
        var request = Get(
            $"/containers/{Escape(container)}/logs?stdout=1&stderr=1&tail={tail}", $"read the log of {container}");
        return _http.AskAsync(
            request,
            async (answer, token) =>
            {
                using var text = new MemoryStream();
                await StreamFrames.CopyAsync(answer, text, text, token);
                return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
            },
            cancellationToken);
    }

    public Task CopyInAsync(string container, string folder, Stream tar, CancellationToken cancellationToken)
    {
        var request = new EngineRequest(
            HttpMethod.Put, $"/containers/{Escape(container)}/archive?path={Escape(folder)}",
            $"copy into {folder} of container {container}");
        return _http.SendAsync(request with { Body = EngineHttp.Tar(tar) }, cancellationToken);
    }

    private Task DoAsync(string container, string verb, string doing, CancellationToken cancellationToken) =>
        _http.SendAsync(
            Post($"/containers/{Escape(container)}/{verb}", $"{doing} container {container}"), cancellationToken);

    private ContainerBody BodyOf(ContainerSpec container) => new()
    {
        Image = container.Image,
        Hostname = container.HostName,
        Entrypoint = container.EntryPoint,
        Cmd = container.Command,
        Env = [.. container.Environment.Select(variable => $"{variable.Key}={variable.Value}")],
        Labels = Marked(container.Labels),
        HostConfig = new HostBody
        {
            NetworkMode = container.Networks.Count > 0 ? container.Networks[0].Network : "none",
            CapAdd = container.Capabilities,
            Sysctls = container.Sysctls,
            Tmpfs = container.MemoryFolders.ToDictionary(folder => folder, _ => ""),
            Binds = [.. container.Volumes.Select(volume => $"{volume.Value}:{volume.Key}")],
            ExtraHosts = [.. container.Hosts.Select(host => $"{host.Key}:{host.Value}")],
        },
        NetworkingConfig = new NetworkingBody(container.Networks.Take(1)
            .ToDictionary(attachment => attachment.Network, EndpointOf)),
    };

    private static ContainerInfo Describe(ContainerAnswer found) =>
        new(found.Id, found.Name.TrimStart('/'), StateOf(found.State.Status))
        {
            ProcessId = found.State.Pid,
            ExitCode = found.State.ExitCode,
            Problem = found.State.Error ?? "",
            Sandbox = found.State.Pid > 0 ? found.NetworkSettings?.SandboxKey ?? "" : "",
            Addresses = (found.NetworkSettings?.Networks ?? []).ToDictionary(
                network => network.Key,
                network => new AttachedAddress(
                    AddressOf(network.Value.Address), AddressOf(network.Value.Address6),
                    network.Value.MacAddress ?? "")),
            Labels = WithoutNull(found.Config?.Labels),
        };

    private static IPAddress? AddressOf(string? text) => IPAddress.TryParse(text, out var address) ? address : null;

    private static ContainerState StateOf(string? word) =>
        Enum.TryParse<ContainerState>(word, ignoreCase: true, out var state) ? state : ContainerState.Dead;
}
