using System.Collections.Concurrent;
using System.Diagnostics;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Takeover;

/// <summary>
/// Starts nodes in namespaces, on a thread that lives as long as they shall: they die with it, also when this process
/// is killed.
/// </summary>
internal sealed class NodeSpawner : IDisposable
{
    private readonly BlockingCollection<Action> _todo = [];
    private readonly Thread _thread;

    public NodeSpawner()
    {
        _thread = new Thread(() =>
        {
            foreach (var action in _todo.GetConsumingEnumerable())
            {
                action();
            }
        })
        {
            IsBackground = true,
            Name = "parent of nodes",
        };
        _thread.Start();
    }

    /// <param name="prefix">A program that starts the node, with arguments: one that enters a namespace.</param>
    public Process Start(IReadOnlyList<string> prefix, IReadOnlyList<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "torture-node");
        string[] node = File.Exists(program) ? [program] : ["dotnet", program + ".dll"];
        string[] all = [.. prefix, .. node, .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        NodeRuntime.AddTo(start.Environment);
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _todo.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception failure)
            {
                started.SetException(failure);
            }
        });
        return started.Task.Result;
    }

    public void Dispose()
    {
        _todo.CompleteAdding();
        _thread.Join();
        _todo.Dispose();
    }
}
