using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Torture.SelfTests.Loopback;
using Torture.Targets.Containers.Engine;

namespace Torture.SelfTests.Containers;

internal sealed record FakeRequest(string Method, string Path, string Body)
{
    public string Line => $"{Method} {Uri.UnescapeDataString(Path)}";
}

/// <summary>A socket that answers like an engine, or as badly as a test wants.</summary>
internal sealed class FakeEngine : IAsyncDisposable
{
    private const string Version = """
        {"Components":[{"Name":"Engine"}],"Version":"20.10.24","ApiVersion":"1.41","Arch":"amd64"}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<(string Start, Func<FakeRequest, NetworkStream, Task> Answer)> _answers = [];
    private readonly Task _serving;

    public FakeEngine()
    {
        Address = EngineAddress.Parse($"unix://{_folder.Path}/engine.sock");
        Answers("GET /version", 200, Version);
        _listener.Bind(new UnixDomainSocketEndPoint(Address.SocketPath!));
        _listener.Listen();
        _serving = ServeAsync();
    }

    public EngineAddress Address { get; }

    public RunMark Mark { get; } = RunMark.Begin("selftest");

    public List<FakeRequest> Requests { get; } = [];

    public Task<DockerEngine> ConnectAsync(TimeProvider? time = null) =>
        DockerEngine.ConnectAsync(Address, Mark, time ?? TimeProvider.System, CancellationToken.None);

    /// <summary>What requests whose line starts so are answered; the last one said counts.</summary>
    public void Answers(string start, int status, string body) =>
        Does(start, (_, stream) => AnswerAsync(stream, status, body));

    /// <summary>Writes these bytes and closes.</summary>
    public void Says(string start, string raw) =>
        Does(start, (_, stream) => stream.WriteAsync(Encoding.Latin1.GetBytes(raw)).AsTask());

    public void Does(string start, Func<FakeRequest, NetworkStream, Task> answer) =>
        _answers.Insert(0, (start, answer));

    /// <summary>Takes requests and never answers.</summary>
    public void IsSilentAt(string start) =>
        Does(start, (_, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _end.Token));

    public static Task AnswerAsync(NetworkStream to, int status, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = $"HTTP/1.1 {status} X\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n\r\n";
        return to.WriteAsync((byte[])[.. Encoding.UTF8.GetBytes(head), .. bytes]).AsTask();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        Mark.Dispose();
        _folder.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await _listener.AcceptAsync(_end.Token)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(Socket connection)
    {
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            var request = await ReadAsync(stream);
            lock (Requests)
            {
                Requests.Add(request);
            }

            var answer = _answers.Find(known => request.Line.StartsWith(known.Start, StringComparison.Ordinal)).Answer
                ?? ((_, to) => AnswerAsync(to, 404, ""));
            await answer(request, stream);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
        }
    }

    private async Task<FakeRequest> ReadAsync(NetworkStream stream)
    {
        var head = await ReadLineAsync(stream);
        var words = head.Split(' ');
        var length = 0;
        var isChunked = false;
        while (await ReadLineAsync(stream) is { Length: > 0 } header)
        {
            length = header.StartsWith("Content-Length: ", StringComparison.Ordinal)
                ? int.Parse(header[16..], CultureInfo.InvariantCulture)
                : length;
            isChunked |= header == "Transfer-Encoding: chunked";
        }

        return new FakeRequest(
            words[0], words[1], isChunked ? await ReadChunksAsync(stream) : await ReadTextAsync(stream, length));
    }

    private async Task<string> ReadChunksAsync(NetworkStream stream)
    {
        var body = new StringBuilder();
        while (true)
        {
            var size = int.Parse(
                await ReadLineAsync(stream), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Append(await ReadTextAsync(stream, size));
            await ReadLineAsync(stream);
            if (size == 0)
            {
                return body.ToString();
            }
        }
    }

    private async Task<string> ReadTextAsync(NetworkStream stream, int length)
    {
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, _end.Token);
        return Encoding.Latin1.GetString(body);
    }

    private async Task<string> ReadLineAsync(NetworkStream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (!line.TakeLast(2).SequenceEqual("\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one, _end.Token);
            line.Add(one[0]);
        }

        return Encoding.Latin1.GetString([.. line])[..^2];
    }
}
