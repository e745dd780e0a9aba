using System.Net;
using System.Net.Sockets;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Simulation;

/// <summary>
/// The one link of a world, and the kernels of the parties on it: every address is there, and on each port listens one
/// party at most. What is sent comes after a while, in order within a connection.
/// </summary>
internal sealed class MemoryNetwork(World world, Random random)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromMicroseconds(500);

    private readonly Dictionary<IPEndPoint, MemoryListener> _listeners = [];
    private readonly List<MemorySocket> _sockets = [];
    private int _port = 30_000;

    public World World => world;

    /// <summary>Gets every packet when it is sent.</summary>
    public SimulatedCapture? Capture { get; set; }

    /// <exception cref="ConfigurationException">Somebody else listens there.</exception>
    public MemoryListener Listen(Party owner, IPEndPoint at)
    {
        if (_listeners.ContainsKey(at))
        {
            throw new ConfigurationException($"{at} is in use: another process listens there");
        }

        return _listeners[at] = new MemoryListener(this, owner, at);
    }

    /// <exception cref="IOException">Refused.</exception>
    public async ValueTask<MemorySocket> ConnectAsync(
        Party from, IPAddress address, IPEndPoint to, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var socket = new MemorySocket(this, from, new IPEndPoint(address, ++_port), to, NewSequence());
        _sockets.Add(socket);
        var connected = socket.Open(() => Answer(socket));
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

    /// <summary>As a kernel does when a process ends.</summary>
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
    }

    /// <summary>Ends what a party has at an address, without it having a say in that.</summary>
    public void Unplug(Party party, IPAddress address)
    {
        foreach (var listener in _listeners.Values
            .Where(listener => listener.Owner == party && listener.Local.Address.Equals(address)).ToArray())
        {
            listener.End();
        }

        foreach (var socket in _sockets
            .Where(socket => socket.Owner == party && socket.Local.Address.Equals(address)).ToArray())
        {
            socket.Abort();
        }
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
        if (_listeners.GetValueOrDefault(listener.Local) == listener)
        {
            _listeners.Remove(listener.Local);
        }
    }

    public void Remove(MemorySocket socket) => _sockets.Remove(socket);

    /// <summary>The kernel at the other end of a connection that is to be.</summary>
    private void Answer(MemorySocket client)
    {
        if (_listeners.TryGetValue(client.Remote, out var listener))
        {
            var server = new MemorySocket(this, listener.Owner, client.Remote, client.Local, NewSequence());
            _sockets.Add(server);
            server.Accept(client, () => listener.Arrived(server));
        }
        else
        {
            client.Refuse();
        }
    }

    public static IOException Refused(IPEndPoint to) => new(
        $"{to}: Connection refused", new SocketException((int)SocketError.ConnectionRefused));
}
