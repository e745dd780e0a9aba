namespace Torture.Targets.Containers.Engine;

internal sealed partial class DockerEngine
{
    public Task CreateVolumeAsync(string volume, CancellationToken cancellationToken) =>
        _http.SendAsync(
            Post(
                "/volumes/create", $"create volume {volume}",
                EngineHttp.Json(new VolumeBody(volume, Marked()), EngineJson.Default.VolumeBody)),
            cancellationToken);

    public async Task<IReadOnlyList<VolumeInfo>> ListVolumesAsync(string label, CancellationToken cancellationToken)
    {
        var request = Get($"/volumes?{FilterByLabel(label)}", "list volumes");
        var volumes = await _http.AskAsync(request, EngineJson.Default.VolumeListAnswer, cancellationToken);
        return [.. (volumes.Volumes ?? []).Select(volume => new VolumeInfo(volume.Name, WithoutNull(volume.Labels)))];
    }

    public Task RemoveVolumeAsync(string volume, CancellationToken cancellationToken) =>
        DeleteAsync($"/volumes/{Escape(volume)}", $"remove volume {volume}", cancellationToken);
}
