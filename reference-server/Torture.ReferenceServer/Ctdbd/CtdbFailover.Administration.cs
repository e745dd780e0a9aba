using System.Net;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>What administrators do, as controls to the daemons: what the <c>ctdb</c> tool of that name does.</summary>
public sealed partial class CtdbFailover
{
    /// <summary>Where daemons answer what is asked of them by a message; the low half counts.</summary>
    private const ulong AnswersSrvid = 0x9E54_4F52_0000_0000;

    private const uint HoldSeconds = 20;

    private readonly Dictionary<ulong, RunsHeld> _holds = [];
    private readonly Dictionary<IPAddress, string> _movedFrom = [];
    private uint _holdId;

    /// <inheritdoc/>
    public async Task<ControlResponse> AdministerAsync(ControlRequest request)
    {
        if (Volatile.Read(ref _client) is not { } client)
        {
            return ControlResponse.Refused($"not attached to ctdbd at {SocketPath}");
        }

        try
        {
            return request.Verb switch
            {
                ControlVerb.Disable => await CommandAsync(client, CtdbControl.DISABLE_NODE),
                ControlVerb.Enable => await CommandAsync(client, CtdbControl.ENABLE_NODE),
                ControlVerb.Stop => await CommandAsync(client, CtdbControl.STOP_NODE),
                ControlVerb.Continue => await CommandAsync(client, CtdbControl.CONTINUE_NODE),
                ControlVerb.Ban => await BanAsync(client, request.Seconds ?? Cluster.Profile.Ban),
                ControlVerb.Unban => await BanAsync(client, 0),
                ControlVerb.MoveAddress => await MoveAsync(client, request.Address, request.Node),
                ControlVerb.ShutdownDaemon => ShutDown(client),
                ControlVerb.MoveShare => await _loop.DoAsync(() => PinShare(request.Share, request.Node)),
                _ => ControlResponse.Refused(
                    $"{request.Verb} is not the engine's to do: ctdbd decides that by its own event scripts"),
            };
        }
        catch (Exception trouble) when (IsTrouble(trouble))
        {
            return ControlResponse.Refused(trouble.Message);
        }
    }

    private async Task<ControlResponse> CommandAsync(CtdbClient client, CtdbControl control)
    {
        await client.CommandAsync(control, _stopping.Token);
        return await AskForRunAsync(client);
    }

    private async Task<ControlResponse> BanAsync(CtdbClient client, double seconds)
    {
        var time = (uint)Math.Ceiling(Math.Clamp(seconds, 0, 86_400));
        var number = await client.GetNumberAsync(_stopping.Token);
        await client.BanAsync(new CtdbBan(number, time), _stopping.Token);
        return await AskForRunAsync(client);
    }

    /// <summary>It gives its addresses to others first; then its socket closes.</summary>
    private static ControlResponse ShutDown(CtdbClient client)
    {
        client.Order(CtdbControl.SHUTDOWN);
        return ControlResponse.Done;
    }

    /// <summary>The leader would notice by itself, a second later.</summary>
    private async Task<ControlResponse> AskForRunAsync(CtdbClient client)
    {
        var number = await client.GetNumberAsync(_stopping.Token);
        client.Send(
            CtdbNodeNumber.Connected, CtdbSrvid.TAKEOVER_RUN,
            CtdbCodec.EncodeTakeoverRun(new CtdbTakeoverRun(number, ReplyTo: 0)));
        await _loop.DoAsync(Poll);
        return ControlResponse.Done;
    }

    /// <summary>
    /// CTDB's addresses have no home: without a node, back to where this node has moved it from, else whatever a
    /// takeover run makes of it.
    /// </summary>
    private async Task<ControlResponse> MoveAsync(CtdbClient client, IPAddress? address, string? node)
    {
        if (address is null || !Cluster.PublicAddresses.Contains(address))
        {
            return ControlResponse.Refused("no such public address");
        }

        node ??= await _loop.DoAsync(() => _movedFrom.GetValueOrDefault(address));
        if (node is null)
        {
            return await AskForRunAsync(client);
        }

        var numbers = await _loop.DoAsync(() => _members.Where(member => member.IsActive)
            .ToDictionary(member => member.Name, member => member.Number!.Value));
        if (!numbers.TryGetValue(node, out var target))
        {
            return ControlResponse.Refused($"{node} is no node that can own something now");
        }

        var possible = await client.GetPublicAddressesAsync(_stopping.Token, target, onlyAvailable: true);
        return possible.Any(entry => entry.Address.Equals(address))
            ? await MoveAsync(client, new CtdbPublicAddress(target, address), [.. numbers.Values])
            : ControlResponse.Refused($"ctdbd of {node} cannot have {address}");
    }

    private async Task<ControlResponse> MoveAsync(CtdbClient client, CtdbPublicAddress address, uint[] numbers)
    {
        var before = await _loop.DoAsync(() => _table.OwnerOf(address.Address));
        if (await HoldRunsAsync(client, numbers) is { } refused)
        {
            return ControlResponse.Refused(refused);
        }

        try
        {
            await Task.WhenAll(numbers.Where(number => number != address.Owner)
                .Select(number => client.GiveAsync(CtdbControl.RELEASE_IP, number, address, _stopping.Token)));
            await client.GiveAsync(CtdbControl.TAKEOVER_IP, address.Owner, address, _stopping.Token);
            await Task.WhenAll(numbers
                .Select(number => client.CommandAsync(CtdbControl.IPREALLOCATED, _stopping.Token, number)));
            await _loop.DoAsync(() => Moved(address.Address, before, MemberOf(address.Owner)));
            return ControlResponse.Done;
        }
        catch (CtdbRefusedException busy)
        {
            // A daemon that still takes or releases the address, or has just lost it.
            return ControlResponse.NotNow(busy.Message);
        }
        finally
        {
            SendHold(client, 0, 0, seconds: 0);
        }
    }

    private string? MemberOf(uint number) => _members.FirstOrDefault(member => member.Number == number)?.Name;

    private void Moved(IPAddress address, string? from, string? to)
    {
        if (_movedFrom.GetValueOrDefault(address) == to)
        {
            _movedFrom.Remove(address);
        }
        else if (from is not null)
        {
            _movedFrom.TryAdd(address, from);
        }
    }

    /// <summary>No takeover run may come between: every recovery daemon is asked not to begin one.</summary>
    /// <returns>Null: they wait; else why not.</returns>
    private async Task<string?> HoldRunsAsync(CtdbClient client, uint[] numbers)
    {
        var self = await client.GetNumberAsync(_stopping.Token);
        using var patient = new CancellationTokenSource(Patience, _parts.Clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patient.Token, _stopping.Token);
        while (true)
        {
            var hold = new RunsHeld([.. numbers]);
            var srvid = await _loop.DoAsync(() => BeginHold(hold));
            await client.RegisterAsync(srvid, _stopping.Token);
            try
            {
                SendHold(client, self, srvid, HoldSeconds);
                if (await hold.Answered.Task.WaitAsync(either.Token))
                {
                    return null;
                }

                // A takeover run is under way; it takes less than the patience.
                await Task.Delay(Pause, _parts.Clock.Provider, either.Token);
            }
            catch (OperationCanceledException) when (patient.IsCancellationRequested)
            {
                return "takeover runs cannot be held off: another one takes too long, or a node does not answer";
            }
            finally
            {
                _loop.Post(() => _holds.Remove(srvid));
                await client.DeregisterAsync(srvid, _stopping.Token);
            }
        }
    }

    private ulong BeginHold(RunsHeld hold)
    {
        var srvid = AnswersSrvid + ++_holdId;
        _holds[srvid] = hold;
        return srvid;
    }

    private static void SendHold(CtdbClient client, uint number, ulong srvid, uint seconds) => client.Send(
        CtdbNodeNumber.Connected, CtdbSrvid.DISABLE_TAKEOVER_RUNS,
        CtdbCodec.EncodeDisable(new CtdbDisable(number, srvid, seconds)));

    private void RunsAnswered(CtdbMessage message)
    {
        if (_holds.TryGetValue(message.Srvid, out var hold))
        {
            hold.Hear((int)CtdbCodec.DecodeNumber(message.Data.Span));
        }
    }

    private ControlResponse PinShare(string? name, string? node)
    {
        if (node is not null && !Eligible().Contains(IndexOf(node)))
        {
            return ControlResponse.Refused($"{node} is no node that can own something now");
        }

        if (Cluster.Shares.All(share => share.Name != name || share.Kind != ShareEntryKind.Failover))
        {
            return ControlResponse.Refused("no such share with an owner");
        }

        var others = _pins.Owners.Where(pin => pin.Share != name);
        _pins = new SharePins(
            _pins.Version + 1, _self.Name, [.. others, .. node is null ? [] : new[] { new ShareOwner(name!, node) }]);
        Send(CtdbNodeNumber.Connected, new PeerMessage(_self.Name, _life) { Pins = _pins });
        Rebuild();
        return ControlResponse.Done;
    }

    /// <summary>Who has not answered yet; belongs to the loop.</summary>
    private sealed class RunsHeld(HashSet<uint> awaited)
    {
        /// <summary>True: all wait; false: one does not.</summary>
        public TaskCompletionSource<bool> Answered { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Hear(int answer)
        {
            if (answer < 0)
            {
                Answered.TrySetResult(false);
            }
            else if (awaited.Remove((uint)answer) && awaited.Count == 0)
            {
                Answered.TrySetResult(true);
            }
        }
    }
}
