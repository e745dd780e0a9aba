using System.Text.Json;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>
/// The witness servers of the other nodes, reached by messages through the daemons: each says when it is there, and
/// its daemon says when it is gone.
/// </summary>
public sealed partial class CtdbFailover
{
    /// <summary>Where they hear each other: in the range of servers, the rest is a name.</summary>
    public const ulong WitnessSrvid = 0x9E54_4F52_5455_5245;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<long, (CtdbMember Peer, TaskCompletionSource<ControlResponse> Answer)> _requests = [];
    private SharePins _pins = SharePins.None;
    private long _requestId;

    /// <inheritdoc/>
    public async Task<ControlResponse[]> AskPeersAsync(ControlRequest request)
    {
        var asked = await _loop.DoAsync(() => Peers
            .Where(peer => peer is { Life: not null, Number: not null })
            .Select(peer => AskAsync(peer, request)).ToArray());
        return await Task.WhenAll(asked);
    }

    private async Task<ControlResponse> AskAsync(CtdbMember peer, ControlRequest request)
    {
        var answer = new TaskCompletionSource<ControlResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = ++_requestId;
        _requests[id] = (peer, answer);
        Send(peer.Number!.Value, new PeerMessage(_self.Name, _life)
        {
            Request = new RoutedRequest(id, request with { Local = true }),
        });
        try
        {
            return await answer.Task.WaitAsync(Patience, _parts.Clock.Provider, _stopping.Token);
        }
        catch (Exception nothing) when (nothing is TimeoutException or OperationCanceledException)
        {
            _loop.Post(() => _requests.Remove(id));
            return ControlResponse.Refused($"{peer.Name} does not answer");
        }
    }

    private PeerMessage Presence(CtdbMember? to = null) =>
        new(_self.Name, _life) { Here = true, Knows = to?.Life, Pins = _pins };

    private void Send(uint number, PeerMessage message)
    {
        try
        {
            _client?.Send(number, WitnessSrvid, Encoded(message));
        }
        catch (IOException)
        {
            // The daemon is gone, and everybody hears of it.
        }
    }

    private void PeerHeard(ReadOnlySpan<byte> text)
    {
        PeerMessage? message;
        try
        {
            message = JsonSerializer.Deserialize(text, ControlJson.Default.PeerMessage);
        }
        catch (JsonException refused)
        {
            _parts.Log($"failover: a message of another node cannot be read: {refused.Message}");
            return;
        }

        if (message is not null && Peers.FirstOrDefault(peer => peer.Name == message.From) is { } from)
        {
            PeerHeard(from, message);
        }
    }

    private void PeerHeard(CtdbMember peer, PeerMessage message)
    {
        // Of two daemons that lose each other for a moment it may be that but one notices.
        if (message.Here == true && (peer.Life != message.Life || message.Knows != _life))
        {
            peer.Life = message.Life;
            Answer(peer, Presence(peer));
        }

        if (message.Gone == true && peer.Life == message.Life)
        {
            peer.Life = null;
            FailRequests(peer, $"the witness server of {peer.Name} is gone");
        }

        if (message.Pins is { } pins && _pins.IsOlderThan(pins))
        {
            _pins = pins;
            Rebuild();
        }

        if (message.Request is { } request)
        {
            var response = LocalRequests?.Invoke(request.Request) ?? ControlResponse.Refused("not ready");
            Answer(peer, new PeerMessage(_self.Name, _life) { Response = new RoutedResponse(request.Id, response) });
        }

        if (message.Response is { } answered && _requests.Remove(answered.Id, out var asked))
        {
            asked.Answer.TrySetResult(answered.Response);
        }
    }

    /// <summary>To the one node, or to all while its number is not known.</summary>
    private void Answer(CtdbMember peer, PeerMessage message) =>
        Send(peer.Number ?? CtdbNodeNumber.Connected, message);

    private void FailRequests(CtdbMember peer, string why)
    {
        foreach (var (id, request) in _requests.Where(entry => entry.Value.Peer == peer).ToArray())
        {
            _requests.Remove(id);
            request.Answer.TrySetResult(ControlResponse.Refused(why));
        }
    }
}
