using System.Collections.Concurrent;
using System.Net;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Results;
using Torture.Targets.Containers.Engine;
using Torture.Targets.Reference;

namespace Torture.Targets.Hooks;

/// <summary>A cluster behind a target file: observed and broken by hooks, spoken to from this machine.</summary>
internal sealed partial class HookCluster : ICluster
{
    private readonly TargetOptions _options;
    private readonly HookRunner _runner;
    private readonly FaultLedger _ledger;
    private readonly ClientAddresses _clients;
    private readonly ObservationWatch _watch;
    private readonly Observer _observer;
    private InterfaceCapture? _capture;
    private readonly ConcurrentQueue<ObservedEvent> _done = [];
    private ClusterObservation? _baseline;

    /// <exception cref="HookException">This machine cannot reach it.</exception>
    public HookCluster(
        TargetOptions options, TargetFile file, IReadOnlyList<Account> accounts, HookRunner runner,
        FaultLedger ledger, bool isInteractive)
    {
        (_options, File, Accounts, _runner, _ledger) = (options, file, accounts, runner, ledger);
        _clients = ClientAddresses.Of(file);
        _watch = new ObservationWatch(change => Changed?.Invoke(change), Time, file.Observe.Pace);
        _observer = new Observer(this, runner);
        Expectations = ExpectationFile.Of(file);
        Capabilities = HookCapabilities.Of(file, isInteractive, options.Settings.GetValueOrDefault("capture"));
    }

    public event Action<ClusterEvent>? Changed;

    public TargetFile File { get; }

    public string Target => _options.Name;

    public string Id => $"{File.Name}, {File.Path}, {(File.MayBreak ? "faults allowed" : "read-only")}";

    public string NetName => File.NetName;

    public IReadOnlyList<string> Aliases => File.Aliases;

    public IReadOnlyList<Node> Nodes => File.Nodes;

    public IReadOnlyList<PublicAddress> PublicAddresses => File.PublicAddresses;

    public IReadOnlyList<Share> Shares => File.Shares;

    public IReadOnlyList<Account> Accounts { get; }

    public ClusterPorts Ports => File.Ports;

    public Limits Limits => HookLimits.Of(File);

    public CapabilitySet Capabilities { get; private set; }

    public TimeProvider Time => _options.Time;

    public ICaptureSession? Capture => _capture;

    /// <summary>Where the hook up brought it up, so that the hook down takes it down; null: it was there.</summary>
    public RunMark? Mark { get; init; }

    /// <summary>Something could not be undone.</summary>
    public bool IsBroken => _ledger.Entries.Count > 0;

    public Expectations Expectations { get; }

    public int CasesAtOnce => _clients.Count;

    /// <summary>Where built-in observation connects from.</summary>
    public IPAddress ObserverAddress => _clients.First;

    /// <summary>Starts the capture and looks for the first time.</summary>
    /// <exception cref="HookException">It cannot be observed.</exception>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (Capabilities.Has(Capability.Capture))
        {
            _capture = InterfaceCapture.Start(File, _options.RunId);
        }

        _baseline = await _observer.ObserveAsync(cancellationToken);
        Capabilities = Unseen.Without(Capabilities, _observer, _baseline);
    }

    public ValueTask<Connection> ConnectAsync(IPAddress from, IPEndPoint to, CancellationToken cancellationToken) =>
        TcpConnection.ConnectAsync(from, to, cancellationToken);

    public void AskEchoes(IPAddress address, int count) => EchoSender.Ask(address, count);

    public CaseClient ClaimClient(string caseId) => _clients.Claim(caseId);

    public async Task<ClusterObservation> ObserveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var seen = await _observer.ObserveAsync(cancellationToken);
            _watch.See(seen);
            return _observer.TellsEvents ? seen : WithDone(seen);
        }
        catch (HookException failed)
        {
            throw new InconclusiveException(failed.Message, failed);
        }
    }

    public async Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken)
    {
        if (File.Logs is not { } step)
        {
            return null;
        }

        var values = new Dictionary<string, string>();
        FaultValues.Add(values, File, "node", node);
        try
        {
            return (await _runner.RunAsync(step.Fill(new HookValues(values)), cancellationToken)).Text;
        }
        catch (HookException failed)
        {
            return failed.Message;
        }
    }

    /// <summary>Undoes what is written down, and waits for what was there at the beginning.</summary>
    public async Task<bool> RebuildAsync(CancellationToken cancellationToken) =>
        await UndoAllAsync(cancellationToken)
        && await IsBackAsync(_baseline!, ownersMayDiffer: true, cancellationToken);

    /// <summary>Also of a run that was stopped between a fault and its undoing.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopWatchingAsync();
        await UndoAllAsync(CancellationToken.None);
        if (_capture is not null)
        {
            await _capture.DisposeAsync();
        }

        if (Mark is not null)
        {
            await DownAsync(File.Down, _runner, _options.Log);
            Mark.Dispose();
        }

        _watch.Dispose();
        _ledger.Dispose();
    }

    /// <summary>Undoes what the ledger lists.</summary>
    /// <returns>Whether nothing is left.</returns>
    public async Task<bool> UndoAllAsync(CancellationToken cancellationToken)
    {
        var whole = await new LedgerHealer(_ledger, Time, _options.Log).HealAsync(
            _ => _runner,
            entry => IsBackAsync(
                ObservationJson.Read(entry.Before, Nodes, PublicAddresses, entry.At), entry.MovesOwners,
                cancellationToken),
            cancellationToken);
        _made.Clear();
        return whole;
    }

    /// <summary>No node tells: that the hook succeeded is all that is observed, and the wire has to prove it.</summary>
    private ClusterObservation WithDone(ClusterObservation seen) => seen with
    {
        Nodes = [.. seen.Nodes.Select(node => node.Reachable ? node with { Events = [.. _done] } : node)],
    };

    /// <summary>What it cannot take down is told, and the next run removes it.</summary>
    public static async ValueTask DownAsync(HookStep? down, HookRunner runner, Action<string> log)
    {
        if (down is null)
        {
            return;
        }

        try
        {
            await runner.RunAsync(down, CancellationToken.None);
        }
        catch (HookException failed)
        {
            log(failed.Message);
        }
    }
}
