using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Harness.Running;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;

namespace Torture.Harness.Witness;

/// <summary>A bound connection of a case to any interface, for calls of raw bytes, all in the history.</summary>
public sealed class RpcConnection : IAsyncDisposable
{
    private readonly CaseRun _case;
    private readonly Connection _connection;
    private readonly RpcClient _client;
    private readonly ConnectOptions _options;
    private bool _closed;

    internal RpcConnection(CaseRun run, Connection connection, RpcClient client, ConnectOptions options) =>
        (_case, _connection, _client, _options) = (run, connection, client, options);

    public IPEndPoint Local => _connection.Local;

    public IPEndPoint Remote => _connection.Remote;

    public NdrSyntax Syntax => _client.Syntax;

    public uint AssociationGroup => _client.AssociationGroup;

    public BindTimeFeatures Features => _client.Features;

    /// <summary>Sends a request and waits for what becomes of it.</summary>
    public Task<RawReply> CallAsync(ushort opnum, ReadOnlyMemory<byte> stub) => Start(opnum, stub).Reply;

    /// <summary>Sends a request; others may follow before its answer.</summary>
    public PendingCall<RawReply> Start(ushort opnum, ReadOnlyMemory<byte> stub) =>
        Start(opnum, stub, request: null, _options.CallDeadline ?? _case.Limits.Call, raw => raw);

    internal PendingCall<TReply> Start<TReply>(
        ushort opnum, ReadOnlyMemory<byte> stub, object? request, TimeSpan? deadline, Func<RawReply, TReply> read)
        where TReply : Reply
    {
        var call = _client.Start(opnum, stub);
        var reference = new CallReference(Local, Remote, call.CallId, _options.Interface, opnum);
        var started = _case.Time.GetTimestamp();
        _case.History.Add(at => new CallStarted(at, reference, request));
        return new PendingCall<TReply>(reference, call, EndAsync());

        async Task<TReply> EndAsync()
        {
            var raw = await AnswerAsync(call, reference, deadline);
            var reply = read(raw) with { TimeOfCall = _case.Time.GetElapsedTime(started) };
            _case.History.Add(at => new CallEnded(at, reference, reply));
            return reply;
        }
    }

    /// <summary>Ends the connection in the given way; disposing then does nothing more.</summary>
    public async Task CloseAsync(CloseMode mode = CloseMode.Fin)
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _case.History.Add(at => new ConnectionEnded(at, Local, Remote, mode));
        switch (mode)
        {
            case CloseMode.Silent:
                _case.KeepUntilEnd(this);
                return;
            case CloseMode.Reset:
                _connection.Reset();
                break;
        }

        await EndAsync();
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    internal async Task EndAsync()
    {
        await _client.DisposeAsync();
        await _connection.DisposeAsync();
    }

    /// <summary>Or the deadline of the case came first: a check says what that breaks.</summary>
    private bool IsLate(Exception thrown, RpcCall call) => thrown is TimeoutException
        || (thrown is OperationCanceledException && _case.Deadline.IsCancellationRequested && !_case.IsStopped
            && !call.Response.IsCanceled);

    private async Task<RawReply> AnswerAsync(RpcCall call, CallReference reference, TimeSpan? deadline)
    {
        try
        {
            var answer = deadline is { } limit
                ? call.Response.WaitAsync(limit, _case.Time, _case.Deadline)
                : call.Response.WaitAsync(_case.Deadline);
            return new RawReply(reference, Outcome.Success, await answer);
        }
        catch (RpcFaultException fault)
        {
            return new RawReply(reference, fault.Status, default, fault.DidNotExecute);
        }
        catch (RpcConnectionClosedException)
        {
            return new RawReply(reference, Outcome.ConnectionClosed, default);
        }
        catch (Exception late) when (IsLate(late, call))
        {
            return new RawReply(reference, Outcome.NoAnswer, default);
        }
    }
}

/// <summary>A call that was sent.</summary>
public sealed class PendingCall<TReply>
    where TReply : Reply
{
    private readonly RpcCall _call;

    internal PendingCall(CallReference reference, RpcCall call, Task<TReply> reply) =>
        (Call, _call, Reply) = (reference, call, reply);

    public CallReference Call { get; }

    /// <summary>What becomes of it. Cancelled where the call was orphaned.</summary>
    public Task<TReply> Reply { get; }

    /// <summary>Sends co_cancel: advice, an answer still comes.</summary>
    public Task CancelAsync() => _call.CancelAsync();

    /// <summary>Sends orphaned: no answer is awaited any more.</summary>
    public Task OrphanAsync() => _call.OrphanAsync();
}
