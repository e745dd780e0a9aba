using System.Net;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Failover;

/// <summary>A node that leads: lock, allocation, commands, table.</summary>
public partial class FailoverEngine
{
    private bool _isLeading;
    private bool _isAskingLock;
    private string? _lockTrouble;
    private TimeSpan _leadingSince;
    private long _order;
    private int[]? _homes;

    /// <summary>This node holds the cluster lock.</summary>
    private bool IsLeading => _isLeading && Parts.Fence.Holds;

    /// <summary>This node tries to get the lock.</summary>
    protected virtual bool MayLead => IsActive;

    private void KeepLock()
    {
        if (_isAskingLock || !(_isLeading ? IsActive : MayLead))
        {
            return;
        }

        // Also while there is a leader: a frozen one is noticed by its lock before it is by its silence.
        _isAskingLock = true;
        _ = _isLeading ? RenewAsync() : AcquireAsync();
    }

    private async Task AcquireAsync()
    {
        LockTerm? term = null;
        string? trouble = null;
        try
        {
            term = await Parts.Lock.TryAcquireAsync(_self.Name, _stopping.Token);
        }
        catch (IOException failed)
        {
            trouble = failed.Message;
        }
        catch (OperationCanceledException)
        {
        }

        Post(() =>
        {
            Complain(trouble);
            Acquired(term);
        });
    }

    private async Task RenewAsync()
    {
        try
        {
            var term = await Parts.Lock.RenewAsync(_stopping.Token);
            Post(() => Renewed(term));
        }
        catch (Exception failed) when (failed is IOException or OperationCanceledException)
        {
            Post(() => RenewFailed(failed.Message));
        }
    }

    /// <summary>Once, not at every try.</summary>
    private void Complain(string? trouble)
    {
        if (trouble is not null && trouble != _lockTrouble)
        {
            Parts.Log($"failover: the cluster lock cannot be reached: {trouble}");
        }

        _lockTrouble = trouble;
    }

    private void Acquired(LockTerm? term)
    {
        _isAskingLock = false;
        if (term is null)
        {
            return;
        }

        if (!IsActive || term.Until <= Now || term.Term <= _term)
        {
            _ = Parts.Lock.ReleaseAsync();
            return;
        }

        BeginTerm(term);
        if (term.PreviousExpired
            && Peers.FirstOrDefault(peer => peer.Name == term.Previous) is { Link: not null } frozen)
        {
            Lost(frozen, "it did not renew its lock", safeAt: Now);
        }

        ReportOwn();
        SendBeats();
        Reconcile();
        Publish();
    }

    private void BeginTerm(LockTerm term)
    {
        _isLeading = true;
        _leadingSince = Now;
        _term = term.Term;
        _order = _term << 32;
        _command = 0;
        (_addressPins, _sharePins) = (null, null);
        foreach (var member in _members)
        {
            member.ForgetTerm();
            member.MayHold.Clear();
            member.MayHold.UnionWith(Cluster.PublicAddresses);
            if (!member.Alive)
            {
                // Another leader may have permitted it to serve until just now; not so the one whose lock this was.
                member.SafeAt = member.Name == term.Previous ? Now : Now + _limit;
            }
        }

        SetLeader(_self);

        // What the leader before had permitted goes on, but no longer than the lock: others count on that.
        Parts.Fence.Shorten(term.Until);
        Permit(term.Until);
    }

    private void Renewed(LockTerm? term)
    {
        _isAskingLock = false;
        if (term is null)
        {
            StepDown("the lock is lost");
        }
        else if (_isLeading)
        {
            Permit(term.Until);
            ReportOwn();
        }
    }

    private void RenewFailed(string why)
    {
        _isAskingLock = false;
        if (_isLeading && !Parts.Fence.Holds)
        {
            StepDown(why);
        }
    }

    private void StepDown(string why)
    {
        if (!_isLeading)
        {
            return;
        }

        Parts.Log($"failover: leads no more: {why}");
        _isLeading = false;
        LosePermission(why);
        SetLeader(null);
        _ = Parts.Lock.ReleaseAsync();
        SendBeats();
        Publish();
    }

    private void ReportOwn()
    {
        if (IsLeading)
        {
            _self.Alive = true;
            _self.State = State;
            Report(_self, BeatFor(_self, Serving(), [.. Wanted]));
        }
    }

    /// <summary>
    /// What a member says that it holds counts; what it was commanded before stays possible until then.
    /// </summary>
    private void Report(Member member, Heartbeat beat)
    {
        if (_isLeading && beat.Term > _term)
        {
            StepDown($"{member.Name} has seen term {beat.Term}");
            _term = beat.Term;
        }

        if (!IsLeading || beat.Term != _term)
        {
            return;
        }

        if (beat.Epoch != member.Epoch)
        {
            member.ForgetReport();
            member.Epoch = beat.Epoch;
        }

        if (beat.Command >= member.CommandNumber || beat.Epoch != member.CommandEpoch)
        {
            member.MayHold.Clear();
            member.MayHold.UnionWith(beat.Wanted);
        }

        if (member.Commanded?.SetEquals(beat.Wanted) == false && Now - member.CommandedAt > _interval)
        {
            // It had no permission when the command came, or did not know its leader.
            member.Commanded = null;
        }

        member.Held = beat.Held;
        member.Reported = true;
        if ((beat.TableTerm, beat.TableVersion) != (_table.Term, _table.Version) && member != _self
            && !(ReferenceEquals(member.TableSent, _table) && beat.Echo <= member.BeatsBeforeTable))
        {
            SendTable(member);
        }

        Reconcile();
    }

    /// <summary>Compares what is with what shall be and commands the next step.</summary>
    private void Reconcile()
    {
        if (!IsLeading || !IsReady())
        {
            return;
        }

        foreach (var member in _members.Where(member => !member.Alive && Now >= member.SafeAt))
        {
            member.MayHold.Clear();
        }

        var table = NextTable();
        if (!table.SaysTheSameAs(_table))
        {
            Adopt(table);
            foreach (var peer in Peers)
            {
                SendTable(peer);
            }
        }

        Command(Assign());
    }

    private void SendTable(Member peer)
    {
        (peer.TableSent, peer.BeatsBeforeTable) = (_table, peer.BeatsSent);
        Send(peer, new LinkMessage { Table = _table });
    }

    /// <summary>
    /// Whether enough is known: each living member has told what it holds; at the start of a cluster all have come,
    /// or had the time to.
    /// </summary>
    private bool IsReady() =>
        _members.All(member => !member.Alive || member.Reported)
        && (_table.Version > 0 || _members.All(member => member.Alive) || Now - _leadingSince > _limit);

    private HashSet<int> Eligible() =>
        [.. _members.Where(member => member.Alive && member.State == MemberState.Ok).Select(member => member.Index)];

    /// <summary>The node that shall own each public address.</summary>
    protected virtual IReadOnlyList<int> AssignAddresses(
        IReadOnlyList<int> homes, IReadOnlySet<int> eligible, IReadOnlyList<int> pinned, IReadOnlyList<int>? present) =>
        Allocation.Assign(homes, _members.Length, eligible, pinned, present);

    private Dictionary<IPAddress, int> Assign()
    {
        var addresses = Cluster.PublicAddresses;
        var pins = addresses.Select(address => IndexOf(PinOf(address))).ToArray();
        var present = Cluster.Profile.Failback
            ? null
            : addresses.Select(address => IndexOf(_table.OwnerOf(address))).ToArray();
        _homes ??= Homes(addresses);
        var owners = AssignAddresses(_homes, Eligible(), pins, present);
        return addresses.Index().ToDictionary(entry => entry.Item, entry => owners[entry.Index]);
    }

    /// <summary>Each family goes round by itself, so that every node has its share of both.</summary>
    private int[] Homes(IReadOnlyList<IPAddress> addresses) =>
        [.. addresses.Select((address, index) =>
            addresses.Take(index).Count(other => other.AddressFamily == address.AddressFamily) % _members.Length)];

    private void Command(Dictionary<IPAddress, int> owners)
    {
        foreach (var member in _members.Where(member => member.Alive && member.Reported))
        {
            var wanted = new HashSet<IPAddress>();
            foreach (var (address, owner) in owners)
            {
                if (owner == member.Index && IsFreeFor(address, member))
                {
                    wanted.Add(address);
                }
            }

            if (member.Commanded?.SetEquals(wanted) == true)
            {
                continue;
            }

            (member.Commanded, member.CommandedAt) = (wanted, Now);
            member.CommandEpoch = member.Epoch;
            member.MayHold.UnionWith(wanted);
            var hold = new HoldCommand(_term, member.Epoch, ++member.CommandNumber, ++_order, [.. wanted]);
            if (member == _self)
            {
                Accept(hold);
            }
            else
            {
                Send(member, new LinkMessage { Hold = hold });
            }
        }
    }

    /// <summary>Nobody else serves the address, or may be about to.</summary>
    /// <param name="others">Who may.</param>
    protected virtual bool IsFree(IPAddress address, IReadOnlyList<string> others) => others.Count == 0;

    private bool IsFreeFor(IPAddress address, Member member)
    {
        List<string>? others = null;
        foreach (var other in _members)
        {
            if (other != member && other.MayHold.Contains(address))
            {
                (others ??= []).Add(other.Name);
            }
        }

        return IsFree(address, others ?? (IReadOnlyList<string>)[]);
    }

    private int IndexOf(string? name) =>
        name is null ? -1 : Array.FindIndex(_members, member => member.Name == name);
}
