using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Torture.Targets.Containers.Engine;

/// <summary>One request to an engine.</summary>
/// <param name="Path">Below the version, with its query.</param>
/// <param name="Doing">For errors: what this is for, such as <c>create network a</c>.</param>
internal sealed record EngineRequest(HttpMethod Method, string Path, string Doing)
{
    public HttpContent? Body { get; init; }

    /// <summary>The whole answer is there by then; null: no limit but the caller's.</summary>
    public TimeSpan? Limit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>The Engine API over HTTP: every failure becomes an <see cref="EngineException"/>.</summary>
internal sealed class EngineHttp : IDisposable
{
    private readonly HttpClient _client;
    private readonly TimeProvider _time;

    public EngineHttp(EngineAddress address, TimeProvider time)
    {
        (Address, _time) = (address, time);
        var connections = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
                new NetworkStream(await address.ConnectAsync(cancellationToken), ownsSocket: true),
            UseProxy = false,
            AllowAutoRedirect = false,
        };
        _client = new HttpClient(connections) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public EngineAddress Address { get; }

    /// <summary>Such as <c>/v1.41</c>; empty until the engine was asked.</summary>
    public string Prefix { get; set; } = "";

    public static StringContent Json<T>(T body, JsonTypeInfo<T> shape) =>
        new(JsonSerializer.Serialize(body, shape), new MediaTypeHeaderValue("application/json"));

    public static StreamContent Tar(Stream tar) =>
        new(tar) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-tar") } };

    public Task SendAsync(EngineRequest request, CancellationToken cancellationToken) =>
        AskAsync(
            request,
            async (answer, token) =>
            {
                await answer.CopyToAsync(Stream.Null, token);
                return true;
            },
            cancellationToken);

    public Task<T> AskAsync<T>(EngineRequest request, JsonTypeInfo<T> shape, CancellationToken cancellationToken) =>
        AskAsync(
            request,
            async (answer, token) => await JsonSerializer.DeserializeAsync(answer, shape, token)
                ?? throw new JsonException("null"),
            cancellationToken);

    /// <summary>The same, where nothing of that name is an answer.</summary>
    public async Task<T?> FindAsync<T>(
        EngineRequest request, JsonTypeInfo<T> shape, CancellationToken cancellationToken) where T : class
    {
        try
        {
            return await AskAsync(request, shape, cancellationToken);
        }
        catch (EngineException missing) when (missing.Trouble is EngineTrouble.NotFound or EngineTrouble.NoImage)
        {
            return null;
        }
    }

    /// <param name="read">Reads the answer's body.</param>
    public async Task<T> AskAsync<T>(
        EngineRequest request, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(request.Limit ?? Timeout.InfiniteTimeSpan, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var message = new HttpRequestMessage(request.Method, $"http://engine{Prefix}{request.Path}")
            {
                Content = request.Body,
            };
            using var answer = await _client.SendAsync(
                message, HttpCompletionOption.ResponseHeadersRead, both.Token);
            await using var body = await answer.Content.ReadAsStreamAsync(both.Token);
            return (int)answer.StatusCode is < 400 and not (> 304 or < 200)
                ? await read(body, both.Token)
                : throw await RefusalAsync(request, answer.StatusCode, body, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EngineException(
                EngineTrouble.Silent,
                $"the container engine at {Address} did not {request.Doing} within "
                + $"{request.Limit!.Value.TotalSeconds} s: look into its log, restart it");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or SocketException
            or JsonException or InvalidDataException)
        {
            throw EngineTroubles.Of(Address, request.Doing, failed);
        }
    }

    /// <summary>A connection of its own that becomes a two-way stream once the engine has said yes.</summary>
    public async Task<HijackedConnection> HijackAsync(EngineRequest request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(request.Limit ?? Timeout.InfiniteTimeSpan, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await HijackedConnection.OpenAsync(
                Address, request, $"{Prefix}{request.Path}",
                (status, body) => RefusalAsync(request, status, body, both.Token), both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EngineException(
                EngineTrouble.Silent, $"the container engine at {Address} did not {request.Doing} in time");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or SocketException)
        {
            throw EngineTroubles.Of(Address, request.Doing, failed);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<EngineException> RefusalAsync(
        EngineRequest request, HttpStatusCode status, Stream body, CancellationToken cancellationToken)
    {
        const int enough = 64 * 1024;
        var text = new byte[enough];
        var length = await body.ReadAtLeastAsync(text, enough, throwOnEndOfStream: false, cancellationToken);
        return EngineTroubles.Of(Address, request.Doing, status, text.AsSpan(0, length));
    }
}
