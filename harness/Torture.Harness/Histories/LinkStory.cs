using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.Harness.Histories;

/// <summary>A public address got another owner, as the link shows it.</summary>
/// <param name="Owner">Link address of the new owner; null: it was not heard.</param>
/// <param name="Before">Link address of the owner before; null: it was not heard.</param>
/// <param name="First">The new owner's first frame; where none was heard, what the cluster told.</param>
/// <param name="By">The new owner, where the cluster told of it.</param>
internal sealed record LinkTake(
    PublicAddress Address, string? Owner, string? Before, HistoryEvent First, Node? By)
{
    public DateTimeOffset At => First.At;

    /// <summary>
    /// What has to come has to come before this: then the address moves on, the next fault acts, or the packets end.
    /// </summary>
    public DateTimeOffset Until { get; init; }

    public override string ToString() => $"{Address} of {Owner ?? By?.Name ?? "nobody"}";
}

/// <summary>A frame in the name of an address by somebody who is not its owner.</summary>
internal sealed record LinkStray(AddressHeard Heard, LinkTake Since);

/// <summary>Who had which public address on the link, told from packets and from what the cluster says.</summary>
internal sealed class LinkStory
{
    /// <summary>
    /// An announcement is the one of what the cluster tells this much later, at most, or as much as the target may take
    /// for the first one.
    /// </summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(3);

    /// <summary>What is not announced is the new owner's only so shortly before the cluster tells.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(0.3);

    /// <summary>Why something cannot be told of a take that <see cref="IsOnBadLink"/>.</summary>
    public const string BadLink = "a fault of the owner's public link acts: what it sends may be lost or late";

    private readonly List<LinkTake> _takes = [];
    private readonly List<LinkStray> _strays = [];
    private readonly ILookup<PublicAddress, AddressHeard> _heard;
    private readonly IReadOnlyList<HistoryEvent> _events;
    private readonly DateTimeOffset _end;

    private LinkStory(IReadOnlyList<HistoryEvent> events)
    {
        _events = events;
        _end = events.OfType<LinkRead>().Max(read => read.At);
        Announcement = events.OfType<LinkRead>().First().Announcement;
        _heard = events.OfType<AddressHeard>().OrderBy(heard => heard.Frame).ToLookup(heard => heard.Address);
        foreach (var address in PublicAddresses().ToList())
        {
            var reader = new Reader(
                address, [.. _heard[address]], Told(address), tells: _events.OfType<AddressTaken>().Any(),
                Announcement);
            reader.Read();
            _takes.AddRange(reader.Takes);
            _strays.AddRange(reader.Strays);
        }

        Takes = [.. _takes.Where(take => take.Owner is not null || IsOnLink(take.Address))
            .Select(take => take with { Until = UntilOf(take) }).OrderBy(take => take.At)];
    }

    /// <summary>What lies between the telling of an owner and its first announcement, at most.</summary>
    public TimeSpan Announcement { get; }

    public IReadOnlyList<LinkTake> Takes { get; }

    public IReadOnlyList<LinkStray> Strays => _strays;

    public IReadOnlyList<HistoryEvent> Events => _events;

    /// <summary>Null where packets do not show link addresses: there this story is not told.</summary>
    public static LinkStory? Of(History history) => history.Events.Any(happened => happened is LinkRead)
        ? history.Once(all => new LinkStory([.. all.Events.Where(happened => happened is not CheckerAsked)]))
        : null;

    /// <summary>What the new owner said without being asked, in order.</summary>
    public IEnumerable<AddressHeard> Announcements(LinkTake take) => _heard[take.Address].Where(
        heard => heard.IsAnnouncement && heard.Owner == take.Owner && heard.At >= take.At && heard.At < take.Until);

    /// <summary>A fault that leaves a kernel behind which answers without its node.</summary>
    public bool LeavesKernel(DateTimeOffset at) => _events.OfType<FaultInjected>().Any(fault => fault.At <= at
        && fault.Fault is PauseNode or KillNode or StallRecoveryLock
        && !_events.OfType<FaultHealed>().Any(healed => healed.Fault == fault.Fault && healed.At > fault.At
            && healed.At <= at));

    /// <summary>What the new owner sends may be lost or late: a fault of its public link acts meanwhile.</summary>
    public bool IsOnBadLink(LinkTake take) => _events.OfType<FaultInjected>().Any(fault => fault.At <= take.Until
        && fault.Fault is (SlowLink or LossyLink or FlappingLink)
            and LinkFault { Link: NodeLink.Public, Node: var node }
        && (take.By is null || take.By == node)
        && !_events.OfType<FaultHealed>().Any(healed => healed.Fault == fault.Fault && healed.At > fault.At
            && healed.At <= take.At));

    /// <summary>When the owner before was lost, as far as anybody knows.</summary>
    public DateTimeOffset LostAt(LinkTake take) => _events
        .Where(happened => happened.At <= take.At && Disturbs(happened))
        .Select(happened => (DateTimeOffset?)happened.At).Max() ?? take.At;

    private IEnumerable<PublicAddress> PublicAddresses()
    {
        var told = _events.OfType<AddressTaken>().Select(taken => taken.Address).Distinct().ToList();
        return told.Count > 0
            ? told
            : _heard.Where(heard => heard.Any(one => one.IsAnnouncement)).Select(heard => heard.Key);
    }

    /// <summary>Changes of the owner that the cluster told of, in time; the first says who it was before.</summary>
    private List<AddressTaken> Told(PublicAddress address)
    {
        var told = new List<AddressTaken>();
        Node? owner = null;
        foreach (var taken in _events.OfType<AddressTaken>().Where(taken => taken.Address == address)
            .OrderBy(taken => taken.At))
        {
            if (owner is not null && taken.By != owner)
            {
                told.Add(taken);
            }

            owner = taken.By;
        }

        return told;
    }

    /// <summary>Behind a router nobody is heard to have an address, and nobody asks.</summary>
    private bool IsOnLink(PublicAddress address) => _takes.Any(take => take.Owner is not null)
        || _heard[address].Any(heard => heard.Form is not null)
        || _events.OfType<NeighbourAsked>().Any(asked => asked.Address == address);

    private static bool Disturbs(HistoryEvent happened) =>
        happened is FaultHealed or FaultInjected { Fault.IsEvent: false };

    private DateTimeOffset UntilOf(LinkTake take)
    {
        var later = _events.Where(happened => happened.At > take.At).ToList();
        var releases = later.OfType<AddressReleased>()
            .Where(released => released.Address == take.Address && released.By == take.By)
            .Select(released => OrderOf(released, later));
        var next = _takes.Where(other => other.Address == take.Address && other.At > take.At).Select(other => other.At);
        return later.Where(Disturbs).Select(happened => happened.At).Concat(releases).Concat(next).Append(_end).Min();
    }

    /// <summary>Who is told to let go of an address announces it no more, however long that takes.</summary>
    private static DateTimeOffset OrderOf(AddressReleased released, List<HistoryEvent> before) => before
        .Where(happened => happened.At <= released.At && happened is HealingBegun or FaultInjected)
        .Select(happened => happened.At).DefaultIfEmpty(released.At).Max();

    /// <summary>Goes through what was heard of one address.</summary>
    /// <param name="all">In order.</param>
    /// <param name="told">Changes of the owner that the cluster told of.</param>
    /// <param name="tells">The cluster tells of owners: who is heard without having been named is a stray.</param>
    /// <param name="late">An announcement is the one of what was told no later than this after it.</param>
    private sealed class Reader(
        PublicAddress address, IReadOnlyList<AddressHeard> all, List<AddressTaken> told, bool tells, TimeSpan late)
    {
        private readonly HashSet<string> _former = [];
        private string? _owner;
        private LinkTake? _last;

        public List<LinkTake> Takes { get; } = [];

        public List<LinkStray> Strays { get; } = [];

        public void Read()
        {
            foreach (var heard in all)
            {
                told.Where(taken => taken.At < heard.At - late).ToList().ForEach(Unheard);
                if (heard.Owner != _owner)
                {
                    Heard(heard);
                }
            }

            told.ToList().ForEach(Unheard);
        }

        private void Unheard(AddressTaken taken) =>
            Take(new LinkTake(address, null, _owner, taken, taken.By), taken);

        private void Heard(AddressHeard heard)
        {
            var ahead = !heard.IsAnnouncement ? Ahead : late > Skew ? late : Skew;
            var match = told.FirstOrDefault(taken => taken.At - heard.At <= ahead && heard.At - taken.At <= late
                && !IsEarlier(heard, taken));
            var isFormer = _former.Contains(heard.Owner);
            if (_owner is null && !isFormer && !(heard.IsAnnouncement && match is not null))
            {
                _owner = heard.Owner;
                _last = new LinkTake(address, _owner, null, heard, null);
            }
            else if (match is not null || IsBelieved(heard, isFormer))
            {
                Take(new LinkTake(address, heard.Owner, _owner, heard, match?.By), match);
            }
            else if (_last is not null)
            {
                Strays.Add(new LinkStray(heard, _last));
            }
        }

        /// <summary>A last round of an owner before: somebody else announced closer to what was told.</summary>
        private bool IsEarlier(AddressHeard heard, AddressTaken taken) => heard.At < taken.At
            && all.Any(other => other.IsAnnouncement && other.Owner != heard.Owner && other.At > heard.At
                && (other.At - taken.At).Duration() < taken.At - heard.At);

        /// <summary>Although the cluster did not tell of it.</summary>
        private bool IsBelieved(AddressHeard heard, bool isFormer) => tells
            ? heard.IsAnnouncement && !isFormer
            : heard.IsAnnouncement || !isFormer;

        private void Take(LinkTake take, AddressTaken? match)
        {
            Takes.Add(take);
            _last = take;
            if (match is not null)
            {
                told.Remove(match);
            }

            if (_owner is not null)
            {
                _former.Add(_owner);
            }

            _owner = take.Owner;
            if (_owner is not null)
            {
                _former.Remove(_owner);
            }
        }
    }
}
