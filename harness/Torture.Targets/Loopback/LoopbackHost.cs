using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.ReferenceServer.Control;
using Torture.Targets.Reference;

namespace Torture.Targets.Loopback;

/// <summary>Nodes as processes below a supervisor, on addresses of the loopback interface.</summary>
internal sealed class LoopbackHost(
    TargetOptions options, LoopbackNetwork network, ClusterPlan plan, CapabilitySet capabilities) : INodeHost
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _ready = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gone = new(StringComparer.Ordinal);
    private readonly bool _hasIPv6 = capabilities.Has(Capability.IPv6);
    private Supervisor? _supervisor;
    private MarkedCapture? _capture;

    public event Action<HostEvent>? Happened;

    public ICaptureSession? Capture => _capture;

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        network.Record(new LoopbackTraces(plan.ControlFolder, plan.File));
        plan.MakeControlFolder();
        if (_hasIPv6)
        {
            // The supervisor of the cluster before removed it.
            await AddRouteAsync(cancellationToken);
        }

        if (capabilities.Has(Capability.Capture))
        {
            _capture ??= StartCapture();
        }
    }

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await plan.WriteAsync(cancellationToken);
        _supervisor = Supervisor.Start(plan.File, OnKept);
    }

    public async Task EndAsync()
    {
        if (_supervisor is { } supervisor)
        {
            _supervisor = null;
            await supervisor.DisposeAsync();
        }

        // A supervisor that was killed, or never came, could not clean up.
        network.RemoveTraces(_ => { });
    }

    public async Task SpawnAsync(Node node, CancellationToken cancellationToken)
    {
        var ready = _ready[node.Name] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gone[node.Name] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await AskAsync(KeepVerb.Spawn, node, cancellationToken);
        await ready.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask<ControlClient> OpenControlAsync(string node, CancellationToken cancellationToken) =>
        await NodePort.OpenAsync(plan.Configuration, node, cancellationToken);

    public Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken) =>
        plan.ReadLogAsync(node, cancellationToken);

    public async Task<IReadOnlyDictionary<string, ProcessState>> StatesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _supervisor!.AskAsync(new KeepRequest(KeepVerb.Status), cancellationToken);
            return (answer.States ?? new Dictionary<string, string>())
                .ToDictionary(entry => entry.Key, entry => StateOf(entry.Value));
        }
        catch (IOException)
        {
            // The supervisor is gone, and its nodes with it.
            return plan.Nodes.ToDictionary(node => node.Name, _ => ProcessState.Gone);
        }
    }

    public Task? ApplyAsync(Fault fault, CancellationToken cancellationToken) => fault switch
    {
        KillNode kill => KillAsync(kill.Node, cancellationToken),
        PauseNode pause => AskAsync(KeepVerb.Stop, pause.Node, cancellationToken),
        _ => null,
    };

    public Task? HealAsync(Fault fault, CancellationToken cancellationToken) =>
        fault is PauseNode pause ? AskAsync(KeepVerb.Continue, pause.Node, cancellationToken) : null;

    public CaseClient ClaimClient(string name)
    {
        var number = network.TakeClient()
            ?? throw new InconclusiveException("all client addresses of the loopback network are in use");
        var address6 = _hasIPv6 ? network.Client6(number) : null;
        return new CaseClient(name, network.Client(number), address6, () => network.GiveBack(number));
    }

    public ValueTask<Connection> ConnectAsync(IPAddress from, IPEndPoint to, CancellationToken cancellationToken) =>
        TcpConnection.ConnectAsync(from, to, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_capture is not null)
        {
            await _capture.DisposeAsync();
        }

        network.Dispose();
    }

    /// <summary>On the loopback interface, of the run's own networks only.</summary>
    private MarkedCapture StartCapture()
    {
        var filter = $"net {network.Prefix}" + (_hasIPv6 ? $" or ip6 net {network.Prefix6}" : "");
        return MarkedCapture.Start(
            [LibpcapDevice.Open("lo", new LibpcapOptions { Filter = filter })],
            [MarkerSender.ToSelf(network.Marker)], options.RunId);
    }

    /// <param name="letter">Of the process, as /proc has it.</param>
    private static ProcessState StateOf(string letter) => letter switch
    {
        "T" or "t" => ProcessState.Suspended,
        "X" or "Z" => ProcessState.Gone,
        _ => ProcessState.Running,
    };

    private async Task KillAsync(Node node, CancellationToken cancellationToken)
    {
        var gone = _gone[node.Name].Task;
        var answer = await AskAsync(KeepVerb.Kill, node, cancellationToken);
        // From then on nobody answers there, whenever the news of its end comes.
        Happened?.Invoke(new HostEvent.Exited(node.Name, answer.Sequence!.Value, Expected: true, "killed"));
        await gone.WaitAsync(cancellationToken);
    }

    private Task<KeepMessage> AskAsync(string verb, Node node, CancellationToken cancellationToken) =>
        _supervisor!.AskAsync(new KeepRequest(verb) { Node = node.Name }, cancellationToken);

    private void OnKept(KeepMessage message)
    {
        switch (message.Event)
        {
            case Supervisor.Gone:
                foreach (var node in plan.Nodes)
                {
                    OnKept(message with { Event = "exited", Node = node.Name, Expected = false });
                }

                break;
            case "ready":
                _ready[message.Node!].TrySetResult();
                break;
            case "exited":
                var said = message.LastLines is { Length: > 0 } lines ? lines : $"exit code {message.ExitCode}";
                _gone[message.Node!].TrySetResult();
                _ready[message.Node!].TrySetException(
                    new TargetUnusableException($"{message.Node} does not start: {said}"));
                Happened?.Invoke(new HostEvent.Exited(
                    message.Node!, message.Sequence ?? ClusterWatch.Now, message.Expected == true, said));
                break;
            case "unplugged":
                Happened?.Invoke(new HostEvent.Unplugged(
                    message.Node!, message.Sequence ?? ClusterWatch.Now, IPAddress.Parse(message.Address!)));
                break;
        }
    }

    private async Task AddRouteAsync(CancellationToken cancellationToken)
    {
        using var ip = Process.Start(new ProcessStartInfo(
            "ip", ["-6", "route", "replace", "local", network.Prefix6, "dev", "lo"])
        {
            RedirectStandardError = true,
        })!;
        var said = await ip.StandardError.ReadToEndAsync(cancellationToken);
        await ip.WaitForExitAsync(cancellationToken);
        if (ip.ExitCode != 0)
        {
            throw new TargetUnusableException($"no route for {network.Prefix6} on lo: {said.Trim()}");
        }
    }
}
