using System.Net;
using Torture.Captures;
using Torture.Harness.Checking;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Witness;
using Torture.Protocol.Security;

namespace Torture.Harness.Running;

/// <summary>One case while it runs: its clients, connections, history, checks and keys.</summary>
internal sealed partial class CaseRun : IKeyLog, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<CaseClient> _clients = [];
    private readonly List<RpcConnection> _kept = [];
    private readonly List<KeyLogEntry> _keys = [];
    private readonly KeyRing _ring = new();
    private readonly List<string> _log = [];
    private readonly CaseCluster? _cluster;
    private readonly RunSession? _session;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenRegistration _stopping;
    private CaseClient? _client;

    /// <param name="session">Null for a case that needs no cluster.</param>
    /// <param name="stopping">Fires when the run stops: the deadline has come then.</param>
    public CaseRun(
        string id, RunSession? session, TimeProvider time, TimeSpan limit, int seed, bool breaks = false,
        CancellationToken stopping = default)
    {
        Id = id;
        Time = time;
        Limit = limit;
        StartedAt = time.GetUtcNow();
        Random = new Random(seed);
        History = new History(time);
        Checks = new CheckLog(this);
        Check = new Checks(Checks);
        _deadline = new CancellationTokenSource(limit, time);
        _stopping = stopping.Register(_deadline.Cancel);
        _session = session;
        _cluster = session is null ? null : new CaseCluster(this, session.Cluster);
        Capture = session?.Router.Open();
        Nemesis = new Nemesis(this);
        Breaks = breaks;
    }

    /// <summary>It runs alone and may break what it likes.</summary>
    public bool Breaks { get; }

    /// <summary>The case's packets; null without a capture.</summary>
    public CaseCapture? Capture { get; }

    public string Id { get; }

    public TimeProvider Time { get; }

    public TimeSpan Limit { get; }

    public DateTimeOffset StartedAt { get; }

    public Random Random { get; }

    public History History { get; }

    public CheckLog Checks { get; }

    public Checks Check { get; }

    public Nemesis Nemesis { get; }

    public CancellationToken Deadline => _deadline.Token;

    /// <summary>The run was stopped while the case was at it.</summary>
    public bool IsStopped => _stopping.Token.IsCancellationRequested;

    /// <summary>For healing and settlement: they go on after the deadline, within limits of their own.</summary>
    public CancellationToken Ending => CancellationToken.None;

    public Findings Findings { get; } = new();

    public bool HasCluster => _cluster is not null;

    public ICluster Cluster =>
        _cluster ?? throw new InvalidOperationException($"{Id} is a local case: it has no cluster");

    public Limits Limits => _cluster?.Limits ?? new Limits();

    public CaseClient Client
    {
        get
        {
            lock (_gate)
            {
                return _client ??= ClaimClient();
            }
        }
    }

    public IReadOnlyList<CaseClient> Clients
    {
        get
        {
            lock (_gate)
            {
                return [.. _clients];
            }
        }
    }

    public IReadOnlyList<KeyLogEntry> Keys
    {
        get
        {
            lock (_gate)
            {
                return [.. _keys];
            }
        }
    }

    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_gate)
            {
                return [.. _log];
            }
        }
    }

    public CaseClient ClaimClient()
    {
        var session = _session ?? throw new InvalidOperationException($"{Id} is a local case: it has no client");
        lock (_gate)
        {
            var client = session.Cluster.ClaimClient(_clients.Count == 0 ? Id : $"{Id}#{_clients.Count + 1}");
            _clients.Add(client);
            if (Capture is not null)
            {
                session.Router.Claim(Capture, client);
            }

            return client;
        }
    }

    public void Record(KeyLogEntry entry)
    {
        lock (_gate)
        {
            _keys.Add(entry);
        }

        _ring.Record(entry);
    }

    public void Note(string text)
    {
        History.Add(at => new Noted(at, text));
        Say(text);
    }

    /// <summary>A line of the case's log.</summary>
    public void Say(string line)
    {
        lock (_gate)
        {
            var since = (Time.GetUtcNow() - StartedAt).TotalSeconds;
            _log.Add(FormattableString.Invariant($"t+{since:0.000}  {line}"));
        }
    }

    /// <summary>What waits for what, where that can be known.</summary>
    public IReadOnlyList<string> Waits() => _session?.World?.Waits() ?? [];

    public async Task<(Marker Marker, FrameStamp Stamp)?> MarkAsync(string phase, string text) =>
        _session is null ? null : await _session.MarkAsync(phase, text, Deadline);

    /// <summary>Waits until everything that was sent so far was captured.</summary>
    /// <returns>By when; null without a capture.</returns>
    public async Task<FrameStamp?> FlushAsync(TimeSpan limit) => _session is null
        ? null
        : (await _session.MarkAsync(Marker.Flush, Id, Ending).WaitAsync(limit, Time, Ending))?.Stamp;

    /// <summary>What packets show, as of the last <see cref="ReadWireAsync"/>.</summary>
    public WireView? Wire { get; private set; }

    /// <summary>Brings what packets show so far into the history.</summary>
    public Task ReadWireAsync()
    {
        if (Capture is not null)
        {
            Wire ??= new WireView(_ring, Limits.Announcement);
            Wire.Read(Capture.Packets, History);
        }

        return Task.CompletedTask;
    }

    public void Opened(Connection connection) =>
        History.Add(at => new ConnectionOpened(at, connection.Local, connection.Remote));

    public void KeepUntilEnd(RpcConnection connection)
    {
        lock (_gate)
        {
            _kept.Add(connection);
        }
    }

    public async ValueTask<Connection> OpenAsync(IPEndPoint to, CaseClient client) =>
        await Cluster.ConnectAsync(client.For(to.Address), to, Deadline);

    /// <summary>From here on the history follows the cluster.</summary>
    public void Enter() => _session?.Enter(this);

    /// <summary>The cluster is not what it was: the next case needs a new one.</summary>
    public void BreakCluster(string reason) => _session?.Break(reason);

    /// <summary>Ends what the case left open and gives its clients back.</summary>
    public async ValueTask DisposeAsync()
    {
        _session?.Leave(this);
        if (Capture is not null)
        {
            _session?.Router.Close(Capture);
        }

        foreach (var connection in _kept)
        {
            await connection.EndAsync();
        }

        foreach (var client in Clients)
        {
            client.Dispose();
        }

        await _stopping.DisposeAsync();
        _deadline.Dispose();
    }
}
