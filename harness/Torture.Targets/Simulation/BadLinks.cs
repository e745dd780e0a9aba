using System.Net;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Targets.Reference;

namespace Torture.Targets.Simulation;

/// <summary>The links of a world that are bad now, and what becomes of frames on them.</summary>
internal sealed class BadLinks(World world)
{
    private static readonly TimeSpan[] AtOnce = [TimeSpan.Zero];

    private readonly Dictionary<(MacAddress Machine, NodeLink Link), BadLink> _bad = [];

    public bool Any => _bad.Count > 0;

    /// <exception cref="InconclusiveException">Something is wrong with this link already.</exception>
    public void Make(MacAddress machine, LinkFault fault)
    {
        if (!_bad.TryAdd((machine, fault.Link), new BadLink(world, fault)))
        {
            throw new InconclusiveException($"{fault}: something is wrong with this link already");
        }
    }

    public void Heal(MacAddress machine, LinkFault fault) => _bad.Remove((machine, fault.Link));

    /// <summary>By how much each copy of a frame leaves its sender's link late; empty: it is lost there.</summary>
    public TimeSpan[] Leave(MacAddress machine, IPAddress from, ReadOnlySpan<byte> frame) =>
        Find(machine, from)?.Leave(frame) ?? AtOnce;

    /// <summary>When each copy of a frame arrives that comes to the receiver's link so late.</summary>
    public TimeSpan[] Arrive(MacAddress machine, IPAddress to, ReadOnlySpan<byte> frame, TimeSpan late) =>
        Find(machine, to)?.Arrive(frame, late) ?? [late];

    public bool IsUp(MacAddress machine, IPAddress address) => Find(machine, address)?.IsUp != false;

    /// <summary>The bad link of a machine on which an address of it is.</summary>
    private BadLink? Find(MacAddress machine, IPAddress address) =>
        _bad.FirstOrDefault(entry => entry.Key.Machine == machine && entry.Value.Has(address)).Value;

    private sealed class BadLink
    {
        private const double LeastPart = 0.8;
        private const double Range = 0.4;

        private readonly World _world;
        private readonly LinkFault _fault;
        private readonly Random _random;
        private readonly CableLane _outwards;
        private readonly CableLane _inwards;
        private bool _isUp = true;
        private long _until;

        public BadLink(World world, LinkFault fault)
        {
            (_world, _fault, _random, _until) = (world, fault, world.NewRandom(), world.Now);
            _outwards = new CableLane(fault, fault.Direction != Direction.ToFrom, _random);
            _inwards = new CableLane(fault, fault.Direction != Direction.FromTo, _random);
        }

        /// <summary>Always, but for one that flaps: down first, and each time a fifth longer or shorter.</summary>
        public bool IsUp
        {
            get
            {
                while (_fault is FlappingLink flapping && _until <= _world.Now)
                {
                    _isUp = !_isUp;
                    var time = _isUp ? flapping.Up : flapping.Down;
                    _until += (long)(time.Ticks * (LeastPart + (Range * _random.NextDouble())));
                }

                return _isUp;
            }
        }

        /// <summary>One cable carries both links of a machine: which is which is told by the address.</summary>
        public bool Has(IPAddress address) =>
            (_fault.Link == NodeLink.Private) == address.Equals(_fault.Node.Private);

        public TimeSpan[] Leave(ReadOnlySpan<byte> frame) => Pass(_outwards, frame, TimeSpan.Zero);

        public TimeSpan[] Arrive(ReadOnlySpan<byte> frame, TimeSpan late) => Pass(_inwards, frame, late);

        private TimeSpan[] Pass(CableLane lane, ReadOnlySpan<byte> frame, TimeSpan late)
        {
            if (!IsUp)
            {
                return [];
            }

            var arrivals = lane.Arrivals(frame, (_world.Now + late.Ticks) * TimeSpan.NanosecondsPerTick);
            return Array.ConvertAll(
                arrivals, at => TimeSpan.FromTicks((at / TimeSpan.NanosecondsPerTick) - _world.Now));
        }
    }
}
