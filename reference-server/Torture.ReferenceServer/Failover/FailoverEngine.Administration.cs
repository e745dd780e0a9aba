using System.Net;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Failover;

/// <summary>What administrators do to a node, and the requests that go to its peers.</summary>
public partial class FailoverEngine
{
    private readonly Dictionary<long, (Member Peer, TaskCompletionSource<ControlResponse> Answer)> _requests = [];
    private long _requestId;
    private bool _isDisabled;
    private bool _isStopped;
    private bool _isUnhealthy;
    private TimeSpan? _bannedUntil;
    private MemberState _toldState;

    /// <summary>Answers what a peer has routed here; may be called from the loop.</summary>
    public Func<ControlRequest, ControlResponse>? LocalRequests { get; set; }

    private MemberState State =>
        _bannedUntil is not null ? MemberState.Banned
        : _isStopped ? MemberState.Stopped
        : _isDisabled ? MemberState.Disabled
        : _isUnhealthy ? MemberState.Unhealthy
        : _leader is null ? MemberState.Disconnected
        : MemberState.Ok;

    /// <summary>Takes part: a node that does not can neither lead nor serve.</summary>
    private bool IsActive => !_isStopped && _bannedUntil is null;

    public async Task<ControlResponse> AdministerAsync(ControlRequest request)
    {
        switch (request.Verb)
        {
            case ControlVerb.Disable or ControlVerb.Enable:
                await SetAsync(disabled: request.Verb == ControlVerb.Disable);
                return ControlResponse.Done;
            case ControlVerb.Stop or ControlVerb.Continue:
                await SetAsync(stopped: request.Verb == ControlVerb.Stop);
                return ControlResponse.Done;
            case ControlVerb.Unhealthy:
                await SetAsync(unhealthy: request.On ?? true);
                return ControlResponse.Done;
            case ControlVerb.Ban:
                var seconds = Math.Clamp(request.Seconds ?? Cluster.Profile.Ban, 0, 86_400);
                await BanAsync(TimeSpan.FromSeconds(seconds));
                return ControlResponse.Done;
            case ControlVerb.Unban:
                await BanAsync(null);
                return ControlResponse.Done;
            default:
                return await PinAsync(request);
        }
    }

    /// <summary>Sets this node's flags.</summary>
    public Task SetAsync(bool? disabled = null, bool? stopped = null, bool? unhealthy = null) => _loop.DoAsync(() =>
    {
        _isDisabled = disabled ?? _isDisabled;
        _isUnhealthy = unhealthy ?? (disabled is false ? false : _isUnhealthy);
        _isStopped = stopped ?? _isStopped;
        _failures = 0;
        AfterStateChange();
    });

    /// <param name="time">Null: no longer.</param>
    public virtual Task BanAsync(TimeSpan? time) => _loop.DoAsync(() =>
    {
        _bannedUntil = Now + time;
        AfterStateChange();
    });

    /// <summary>Owner null: it goes home. The leader does it, whoever is asked.</summary>
    public async Task<ControlResponse> PinAsync(ControlRequest request) =>
        await await _loop.DoAsync(() => RouteToLeader(request));

    /// <summary>Asks every peer that is there; those that do not answer count as nothing.</summary>
    public async Task<ControlResponse[]> AskPeersAsync(ControlRequest request)
    {
        var asked = await _loop.DoAsync(() =>
            Peers.Where(peer => peer.Link is not null).Select(peer => Ask(peer, request)).ToArray());
        var answers = new ControlResponse[asked.Length];
        for (var i = 0; i < asked.Length; i++)
        {
            answers[i] = await asked[i];
        }

        return answers;
    }

    private void AfterStateChange()
    {
        if (!IsActive)
        {
            StepDown($"is {State}");
            LosePermission($"is {State}");
        }

        CheckState();
        ReportOwn();
        KeepLock();
        SendBeats();
        Publish();
    }

    private void CheckBan(TimeSpan now)
    {
        if (_bannedUntil <= now)
        {
            _bannedUntil = null;
            AfterStateChange();
        }
    }

    private void CheckState()
    {
        if (_toldState != State)
        {
            _toldState = State;
            Raise(NodeEventKind.State, _self.Name, state: State);
        }
    }

    private Task<ControlResponse> RouteToLeader(ControlRequest request)
    {
        if (IsLeading)
        {
            return Task.FromResult(Pin(request));
        }

        return _leader?.Link is null
            ? Task.FromResult(ControlResponse.NotNow("the cluster has no leader"))
            : Ask(_leader, request);
    }

    private ControlResponse Pin(ControlRequest request)
    {
        if (request.Node is { } node && (IndexOf(node) is not (>= 0 and var index) || !Eligible().Contains(index)))
        {
            return ControlResponse.NotNow($"{node} is no node that can own something now");
        }

        if (request.Address is { } address && Cluster.PublicAddresses.Contains(address))
        {
            SetPin(AddressPins, address, request.Node);
        }
        else if (Cluster.Shares.FirstOrDefault(entry => entry.Name == request.Share)
            is { Kind: ShareEntryKind.Failover } share)
        {
            SetPin(SharePins, share.Name, request.Node);
        }
        else
        {
            return ControlResponse.Refused("no such public address, or no such share with an owner");
        }

        Reconcile();
        return ControlResponse.Done;
    }

    private static void SetPin<T>(Dictionary<T, string> pins, T what, string? node)
        where T : notnull
    {
        if (node is null)
        {
            pins.Remove(what);
        }
        else
        {
            pins[what] = node;
        }
    }

    private Task<ControlResponse> Ask(Member peer, ControlRequest request)
    {
        var answer = new TaskCompletionSource<ControlResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests[++_requestId] = (peer, answer);
        Send(peer, new LinkMessage { Request = new RoutedRequest(_requestId, request with { Local = true }) });
        return answer.Task;
    }

    private void RequestReceived(Member peer, RoutedRequest request)
    {
        var response = request.Request.Verb is ControlVerb.MoveAddress or ControlVerb.MoveShare
            && request.Request.Client is null && IsLeading
                ? Pin(request.Request)
                : LocalRequests?.Invoke(request.Request) ?? ControlResponse.Refused("not ready");
        Send(peer, new LinkMessage { Response = new RoutedResponse(request.Id, response) });
    }

    private void ResponseReceived(RoutedResponse response)
    {
        if (_requests.Remove(response.Id, out var request))
        {
            request.Answer.TrySetResult(response.Response);
        }
    }

    private void FailRequests(Member peer)
    {
        foreach (var (id, request) in _requests.Where(entry => entry.Value.Peer == peer).ToArray())
        {
            _requests.Remove(id);
            request.Answer.TrySetResult(ControlResponse.NotNow($"{peer.Name} was lost"));
        }
    }

    /// <summary>Returns when it was done: who sends faster than this node can hear is read no faster.</summary>
    private Task HeardAsync(Action action)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Do()
        {
            try
            {
                action();
            }
            finally
            {
                heard.SetResult();
            }
        }

        return Post(Do) ? heard.Task : Task.CompletedTask;
    }
}
