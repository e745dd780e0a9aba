using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Torture.Harness.Clusters;
using Torture.ReferenceServer.Control;
using Torture.Targets.Reference;

namespace Torture.Targets.Loopback;

/// <summary>
/// The process <c>torture-node keep</c>, parent of the nodes. It ends, with all that it started, when this process
/// does.
/// </summary>
internal sealed class Supervisor : IAsyncDisposable
{
    /// <summary>The event of a supervisor that ended although nobody told it to.</summary>
    public const string Gone = "gone";

    private readonly Process _process;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<KeepMessage>> _asked = [];
    private readonly Action<KeepMessage> _happened;
    private readonly Task _reading;
    private readonly SemaphoreSlim _one = new(1);
    private long _id;
    private volatile bool _ending;

    private Supervisor(Process process, Action<KeepMessage> happened)
    {
        (_process, _happened) = (process, happened);
        _reading = ReadAsync();
    }

    public static Supervisor Start(string file, Action<KeepMessage> happened)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "torture-node");
        var start = new ProcessStartInfo(File.Exists(program) ? program : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (!File.Exists(program))
        {
            start.ArgumentList.Add(program + ".dll");
        }

        start.ArgumentList.Add("keep");
        start.ArgumentList.Add("--cluster");
        start.ArgumentList.Add(file);
        NodeRuntime.AddTo(start.Environment);
        return new Supervisor(Process.Start(start)!, happened);
    }

    /// <exception cref="IOException">It says no, or is gone.</exception>
    public async Task<KeepMessage> AskAsync(KeepRequest request, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _id);
        var answer = new TaskCompletionSource<KeepMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        var line = JsonSerializer.Serialize(request with { Id = id }, KeepJson.Default.KeepRequest);
        await _one.WaitAsync(cancellationToken);
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }

        var message = await answer.Task.WaitAsync(cancellationToken);
        return message.Ok
            ? message
            : throw new IOException($"{request.Verb} {request.Node}: {message.Error ?? "the supervisor is gone"}");
    }

    public async ValueTask DisposeAsync()
    {
        _ending = true;
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It was killed while something was being written to it.
        }

        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        _one.Dispose();
    }

    private async Task ReadAsync()
    {
        // It says nothing there unless something is badly wrong.
        var complaints = _process.StandardError.ReadToEndAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var message = JsonSerializer.Deserialize(line, KeepJson.Default.KeepMessage)!;
            if (message.Event is not null)
            {
                _happened(message);
            }
            else if (_asked.TryRemove(message.Id, out var asked))
            {
                asked.TrySetResult(message);
            }
        }

        var last = (await complaints).Trim();
        foreach (var asked in _asked.Values)
        {
            asked.TrySetResult(new KeepMessage { Error = last.Length > 0 ? last : "the supervisor is gone" });
        }

        if (!_ending)
        {
            _happened(new KeepMessage { Event = Gone, LastLines = $"the supervisor is gone {last}".Trim() });
        }
    }
}
