using System.Net;
using System.Net.Sockets;

namespace Torture.SelfTests.Hooks;

/// <summary>A management interface that hears one request and gives one answer.</summary>
internal sealed class HttpWorld : IDisposable
{
    private readonly HttpListener _listener = new();

    public HttpWorld(int status, string answer)
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Url);
        _listener.Start();
        Asked = AnswerAsync(status, answer);
    }

    public string Url { get; }

    public Task<(string Line, IReadOnlyDictionary<string, string> Headers, string Body)> Asked { get; }

    public string DisposeAndTellUrl()
    {
        Dispose();
        return Url;
    }

    public void Dispose()
    {
        _listener.Close();
        Asked.ContinueWith(asked => asked.Exception, TaskScheduler.Default);
    }

    private async Task<(string, IReadOnlyDictionary<string, string>, string)> AnswerAsync(int status, string answer)
    {
        var context = await _listener.GetContextAsync();
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        var headers = context.Request.Headers.AllKeys.ToDictionary(
            name => name!, name => context.Request.Headers[name]!);
        var line = $"{context.Request.HttpMethod} {context.Request.RawUrl}";
        context.Response.StatusCode = status;
        await using (var writer = new StreamWriter(context.Response.OutputStream))
        {
            await writer.WriteAsync(answer);
        }

        return (line, headers, body);
    }
}
