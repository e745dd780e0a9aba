using System.Net;
using System.Net.Sockets;
using Torture.Captures;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Simulation;

/// <summary>
/// The one link of a world, and the machines on it. What is sent comes after a while, in order within a connection, to
/// the machine at the link address where the sender takes the receiver to be; if the address is not there it is lost.
/// Between it and a machine there may be links that are bad.
/// </summary>
internal sealed class MemoryNetwork(World world, Random random)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromMicroseconds(500);

    private const ulong FirstGuest = 0x0200_0000_1001;

    private readonly Dictionary<Party, NetworkStack> _machines = [];
    private readonly Dictionary<(Party, IPAddress), NetworkStack> _guests = [];
    private readonly List<NetworkStack> _stacks = [];
    private readonly Dictionary<(NetworkStack, IPEndPoint), MemoryListener> _listeners = [];
    private readonly List<MemorySocket> _sockets = [];
    private int _port = 30_000;
    private uint _echoes;

    public World World => world;

    public BadLinks BadLinks { get; } = new(world);

    /// <summary>Gets every packet when it is sent, or when it leaves a link that is bad.</summary>
    public SimulatedCapture? Capture { get; set; }

    /// <summary>A party is a machine of its own, with these addresses and others that it takes.</summary>
    public NetworkStack Join(Party party, MacAddress mac, IEnumerable<IPAddress> addresses)
    {
        var stack = NewStack(mac);
        foreach (var address in addresses)
        {
            stack.Add(address);
        }

        return _machines[party] = stack;
    }

    /// <exception cref="ConfigurationException">The machine listens there already.</exception>
    public MemoryListener Listen(Party owner, IPEndPoint at)
    {
        var stack = StackOf(owner, at.Address);
        if (_listeners.ContainsKey((stack, at)))
        {
            throw new ConfigurationException($"{at} is in use: another process listens there");
        }

        return _listeners[(stack, at)] = new MemoryListener(this, owner, stack, at);
    }

    /// <exception cref="IOException">Refused, or nobody is there.</exception>
    public async ValueTask<MemorySocket> ConnectAsync(
        Party from, IPAddress address, IPEndPoint to, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var socket = new MemorySocket(
            this, from, StackOf(from, address), new IPEndPoint(address, ++_port), to, NewSequence());
        _sockets.Add(socket);
        var connected = socket.Open(machine => Answer(socket, machine));
        try
        {
            await connected.WaitAsync(cancellationToken);
            return socket;
        }
        catch
        {
            socket.Abort();
            throw;
        }
    }

    /// <summary>As a kernel does when a process ends; where it is a machine of its own, this is switched off.</summary>
    public void CloseAllOf(Party party)
    {
        foreach (var (at, _) in _listeners.Where(entry => entry.Value.Owner == party).ToArray())
        {
            _listeners.Remove(at);
        }

        foreach (var socket in _sockets.Where(socket => socket.Owner == party).ToArray())
        {
            socket.Finish();
        }

        if (_machines.Remove(party, out var stack))
        {
            stack.SwitchOff();
            _stacks.Remove(stack);
        }
    }

    /// <summary>Takes an address from a machine, without its processes having a say in that.</summary>
    public void TakeFrom(Party party, IPAddress address) => _machines.GetValueOrDefault(party)?.Remove(address);

    /// <summary>Ends every connection of the address that the machine has, with RST.</summary>
    /// <returns>How many.</returns>
    public int EndConnections(NetworkStack stack, IPAddress address)
    {
        var ended = _sockets.Where(socket => socket.Stack == stack && socket.Local.Address.Equals(address)).ToArray();
        foreach (var socket in ended)
        {
            socket.Abort();
        }

        return ended.Length;
    }

    public IEnumerable<string> Waits(Party party)
    {
        foreach (var wait in _sockets.Where(socket => socket.Owner == party).Select(socket => socket.Wait))
        {
            if (wait is not null)
            {
                yield return wait;
            }
        }

        var ports = _listeners.Values.Count(listener => listener.Owner == party && listener.IsAccepting);
        if (ports > 0)
        {
            yield return $"{party.Name} waits for connections at {ports} ports";
        }
    }

    public TimeSpan NewDelay() => TimeSpan.FromTicks(random.NextInt64(Shortest.Ticks, Longest.Ticks));

    public uint NewSequence() => (uint)random.NextInt64(1, uint.MaxValue);

    public void Remove(MemoryListener listener)
    {
        if (_listeners.GetValueOrDefault((listener.Stack, listener.Local)) == listener)
        {
            _listeners.Remove((listener.Stack, listener.Local));
        }
    }

    public void Remove(MemorySocket socket) => _sockets.Remove(socket);

    /// <summary>The machine that takes what is sent to an address at a link address; null: it is lost.</summary>
    public NetworkStack? At(MacAddress? mac, IPAddress address) =>
        mac is { } at ? _stacks.Find(stack => stack.Mac == at && stack.Has(address)) : null;

    /// <summary>
    /// Asks the link who has an address: every machine that has it answers, and the first answer counts ([RFC826],
    /// [RFC4861] 7.2). Takes no time.
    /// </summary>
    public MacAddress? Ask(NetworkStack asker, IPAddress from, IPAddress address)
    {
        if (!BadLinks.IsUp(asker.Mac, from))
        {
            return null;
        }

        Capture?.Put(Frames.WhoHas(asker.Mac, from, address));
        var owners = _stacks
            .Where(stack => stack != asker && stack.Has(address) && BadLinks.IsUp(stack.Mac, address)).ToArray();
        if (owners.Length > 1)
        {
            random.Shuffle(owners);
        }

        foreach (var owner in owners)
        {
            Capture?.Put(Frames.IHave(owner.Mac, address, asker.Mac, from));
        }

        return owners.Length > 0 ? owners[0].Mac : null;
    }

    /// <summary>A whole frame to every machine: neighbours hear where an address is.</summary>
    public void SendToAll(NetworkStack sender, byte[] frame)
    {
        if (sender.IsDown)
        {
            return;
        }

        var (address, mac) = Frames.Announced(frame);
        var copies = Leave(sender, address, frame);
        After(() =>
        {
            foreach (var stack in _stacks.Where(stack => stack != sender))
            {
                foreach (var late in copies.SelectMany(late => BadLinks.Arrive(stack.Mac, address, frame, late)))
                {
                    After(late, () => stack.Hear(address, mac));
                }
            }
        });
    }

    /// <summary>A whole IP packet with a segment of no connection that the sender has: a tickle.</summary>
    public void SendPacket(NetworkStack sender, IPAddress destination, byte[] packet)
    {
        var (from, to) = Frames.EndsOf(packet);
        if (sender.IsDown || sender.NeighbourAt(destination, from.Address) is not { } mac)
        {
            return;
        }

        Send(sender, mac, from.Address, destination, Frames.WithLink(sender.Mac, mac, packet), machine =>
            _sockets.Find(socket => socket.Stack == machine && socket.Local.Equals(to)
                && socket.Remote.Equals(from))?.Challenge());
    }

    /// <summary>Asks the machine that has an address for echoes, as ping does: its kernel answers at once.</summary>
    public void AskEchoes(Party party, IPAddress from, IPAddress address, int count)
    {
        var asker = StackOf(party, from);
        for (var i = 0; i < count && asker.NeighbourAt(address, from) is { } mac; i++)
        {
            var question = EchoSender.Question(++_echoes);
            Send(asker, mac, from, address, Frames.Icmp(asker.Mac, mac, from, address, question), machine =>
            {
                var answer = Frames.Icmp(machine.Mac, asker.Mac, address, from, EchoSender.Answer(question));
                Send(machine, asker.Mac, address, from, answer, _ => { });
            });
        }
    }

    /// <summary>A frame leaves its machine and comes to another, or not.</summary>
    /// <returns>By how much later than else, the first of its copies; null: it is lost.</returns>
    public TimeSpan? Pass(
        NetworkStack sender, MacAddress receiver, IPAddress from, IPAddress to, Func<byte[]> frame)
    {
        if (!BadLinks.Any)
        {
            Capture?.Put(frame());
            return TimeSpan.Zero;
        }

        var arrivals = Arrivals(sender, receiver, from, to, frame());
        return arrivals.Count > 0 ? arrivals.Min() : null;
    }

    private void Send(
        NetworkStack sender, MacAddress receiver, IPAddress from, IPAddress to, byte[] frame,
        Action<NetworkStack> arrives)
    {
        foreach (var late in Arrivals(sender, receiver, from, to, frame))
        {
            After(late + NewDelay(), () =>
            {
                if (At(receiver, to) is { } machine)
                {
                    arrives(machine);
                }
            });
        }
    }

    private List<TimeSpan> Arrivals(
        NetworkStack sender, MacAddress receiver, IPAddress from, IPAddress to, byte[] frame) =>
        [.. Leave(sender, from, frame).SelectMany(late => BadLinks.Arrive(receiver, to, frame, late))];

    /// <summary>The capture is where links of machines come together.</summary>
    private TimeSpan[] Leave(NetworkStack sender, IPAddress from, byte[] frame)
    {
        var copies = BadLinks.Leave(sender.Mac, from, frame);
        foreach (var late in copies)
        {
            After(late, () => Capture?.Put(frame));
        }

        return copies;
    }

    /// <summary>After as long as anything takes that is sent.</summary>
    public void After(Action arrives) => After(NewDelay(), arrives);

    private void After(TimeSpan late, Action happens)
    {
        if (late <= TimeSpan.Zero)
        {
            happens();
            return;
        }

        world.After(late, () =>
        {
            happens();
            return true;
        });
    }

    /// <summary>The kernel at the other end of a connection that is to be.</summary>
    private void Answer(MemorySocket client, NetworkStack machine)
    {
        if (_listeners.TryGetValue((machine, client.Remote), out var listener))
        {
            var server = new MemorySocket(
                this, listener.Owner, machine, client.Remote, client.Local, NewSequence());
            _sockets.Add(server);
            server.Accept(client, () => listener.Arrived(server));
        }
        else
        {
            client.Refuse(machine);
        }
    }

    /// <summary>Whoever never joined has each address that it uses, on a machine of its own.</summary>
    private NetworkStack StackOf(Party party, IPAddress address)
    {
        if (_machines.TryGetValue(party, out var machine))
        {
            return machine;
        }

        if (!_guests.TryGetValue((party, address), out var guest))
        {
            _guests[(party, address)] = guest = NewStack(new MacAddress(FirstGuest + (ulong)_guests.Count));
            guest.Add(address);
        }

        return guest;
    }

    private NetworkStack NewStack(MacAddress mac)
    {
        var stack = new NetworkStack(this, mac);
        _stacks.Add(stack);
        return stack;
    }

    public static IOException Refused(IPEndPoint to) => new(
        $"{to}: Connection refused", new SocketException((int)SocketError.ConnectionRefused));

    public static IOException Unreachable(IPEndPoint to) => new(
        $"{to}: No route to host", new SocketException((int)SocketError.HostUnreachable));
}
