using System.Text.Json;

namespace Torture.Targets.Containers.Engine;

internal sealed partial class DockerEngine
{
    public async Task<ImageInfo?> FindImageAsync(string image, CancellationToken cancellationToken)
    {
        var request = Get($"/images/{Escape(image)}/json", $"look at image {image}");
        var found = await _http.FindAsync(request, EngineJson.Default.ImageAnswer, cancellationToken);
        return found is null
            ? null
            : new ImageInfo(found.Id, found.RepoTags ?? [], WithoutNull(found.Config?.Labels), found.Size);
    }

    public async Task<IReadOnlyList<ImageInfo>> ListImagesAsync(string label, CancellationToken cancellationToken)
    {
        var request = Get($"/images/json?{FilterByLabel(label)}", "list images");
        var images = await _http.AskAsync(request, EngineJson.Default.ImageEntryArray, cancellationToken);
        return [.. images.Select(image =>
            new ImageInfo(image.Id, image.RepoTags ?? [], WithoutNull(image.Labels), image.Size))];
    }

    public Task ImportImageAsync(
        Stream rootFileSystem, string tag, IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken)
    {
        var changes = string.Concat(
            labels.Select(label => "&changes=" + Escape($"LABEL {label.Key}=\"{label.Value}\"")));
        var doing = $"import image {tag}";
        var colon = tag.LastIndexOf(':');
        var request = Post(
            $"/images/create?fromSrc=-&repo={Escape(tag[..colon])}&tag={Escape(tag[(colon + 1)..])}{changes}", doing,
            EngineHttp.Tar(rootFileSystem)) with { Limit = null };
        return _http.AskAsync(request, (answer, token) => FollowAsync(answer, doing, token), cancellationToken);
    }

    public Task BuildImageAsync(Stream context, ImageBuild image, CancellationToken cancellationToken)
    {
        static string Written(IReadOnlyDictionary<string, string> map) => Escape(JsonSerializer.Serialize(
            new Dictionary<string, string>(map), EngineJson.Default.DictionaryStringString));

        var doing = $"build image {image.Tag}";
        var network = image.HasNetwork ? "" : "&networkmode=none";
        var request = Post(
            $"/build?t={Escape(image.Tag)}&rm=1&forcerm=1{network}"
            + $"&labels={Written(image.Labels)}&buildargs={Written(image.Arguments)}",
            doing, EngineHttp.Tar(context)) with { Limit = null };
        return _http.AskAsync(request, (answer, token) => FollowAsync(answer, doing, token), cancellationToken);
    }

    public Task RemoveImageAsync(string image, CancellationToken cancellationToken) =>
        DeleteAsync($"/images/{Escape(image)}", $"remove image {image}", cancellationToken);
}
