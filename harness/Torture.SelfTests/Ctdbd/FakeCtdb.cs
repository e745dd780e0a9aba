using System.Collections.Concurrent;
using System.Net;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Ctdbd;
using Torture.SelfTests.Rpc;

namespace Torture.SelfTests.Ctdbd;

/// <summary>The daemons of a cluster in memory: as much of CTDB as its clients see, moved by the test.</summary>
internal sealed class FakeCtdb : ILocalConnector
{
    private readonly Lock _gate = new();
    private readonly CtdbNode[] _nodes;
    private readonly Dictionary<IPAddress, uint> _owners;
    private readonly List<FakeCtdbClient> _clients = [];
    private readonly HashSet<uint> _closed = [];
    private readonly ConcurrentQueue<(FakeCtdbClient Client, CtdbRequest Request)> _owed = [];

    public FakeCtdb(int nodes, params IPAddress[] addresses)
    {
        _nodes = [.. Enumerable.Range(0, nodes).Select(i =>
            new CtdbNode((uint)i, CtdbNodeFlags.None, new IPEndPoint(AddressOf(i), 4379)))];
        _owners = addresses.Index().ToDictionary(entry => entry.Item, entry => (uint)(entry.Index % nodes));
    }

    /// <summary>Every control and message of a client, as "node CONTROL at node what".</summary>
    public List<string> Said { get; } = [];

    /// <summary>Looks at a request first; false: it is not answered before <see cref="Thaw"/>.</summary>
    public Func<uint, CtdbRequest, bool> Admits { get; set; } = (_, _) => true;

    /// <summary>Answers of recovery daemons to DISABLE_TAKEOVER_RUNS, below zero while this is above it.</summary>
    public int BusyRuns { get; set; }

    /// <summary>This control is done, and who asked hears of a failure: it waited too long for the answer.</summary>
    public CtdbControl? LosesAnswerOf { get; set; }

    public uint Generation { get; set; } = 1000;

    public static IPAddress AddressOf(int node) => IPAddress.Parse($"10.1.0.{node + 1}");

    /// <summary>Paths end with the name of a node: n1 is node 0.</summary>
    public ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var node = (uint)(path[^1] - '1');
        lock (_gate)
        {
            if (_closed.Contains(node))
            {
                return ValueTask.FromException<Stream>(new IOException("nobody listens there"));
            }

            var wire = new MemoryDuplex();
            _clients.Add(new FakeCtdbClient(this, node, wire.B));
            return ValueTask.FromResult<Stream>(wire.A);
        }
    }

    /// <summary>Everything is admitted from now on, and what was not is answered.</summary>
    public void Thaw()
    {
        Admits = (_, _) => true;
        while (_owed.TryDequeue(out var owed))
        {
            owed.Client.Say(Answer(owed.Client, owed.Request));
        }
    }

    /// <summary>As kill -9 of the daemon, for its clients.</summary>
    public void Close(uint node)
    {
        FakeCtdbClient[] gone;
        lock (_gate)
        {
            _closed.Add(node);
            gone = [.. _clients.Where(client => client.Node == node)];
        }

        foreach (var client in gone)
        {
            client.Close();
        }
    }

    public void Open(uint node)
    {
        lock (_gate)
        {
            _closed.Remove(node);
        }
    }

    public void SetFlags(uint node, CtdbNodeFlags flags)
    {
        lock (_gate)
        {
            _nodes[node] = _nodes[node] with { Flags = flags };
        }
    }

    /// <summary>Without a word to anybody.</summary>
    public void SetOwner(IPAddress address, uint owner)
    {
        lock (_gate)
        {
            _owners[address] = owner;
        }
    }

    /// <summary>As a takeover run does it.</summary>
    public void Move(IPAddress address, uint owner)
    {
        uint before;
        lock (_gate)
        {
            before = _owners[address];
            _owners[address] = owner;
        }

        Tell(before, CtdbSrvid.RELEASE_IP, CtdbCodec.EncodeAddressText(address));
        Tell(owner, CtdbSrvid.TAKE_IP, CtdbCodec.EncodeAddressText(address));
        TellAll(CtdbSrvid.IPREALLOCATED, []);
    }

    /// <summary>A node alone is told that a program at another one is gone, which is there and not told.</summary>
    public void TellLost(uint node, uint lost)
    {
        (ulong Srvid, byte[] Message)[] farewells;
        lock (_gate)
        {
            farewells = [.. _clients.Where(client => client.Node == lost).Select(client => client.Farewell)
                .OfType<(ulong, byte[])>()];
        }

        foreach (var (srvid, message) in farewells)
        {
            Tell(node, srvid, message);
        }
    }

    public void TellAll(ulong srvid, byte[] data)
    {
        foreach (var node in _nodes)
        {
            Tell(node.Number, srvid, data);
        }
    }

    public void Tell(uint node, ulong srvid, byte[] data)
    {
        foreach (var client in Registered(node, srvid))
        {
            client.Say(new CtdbMessage(1, 0, node, 0, srvid, data));
        }
    }

    /// <summary>Bytes that are no packet.</summary>
    public void Babble(uint node, byte[] bytes)
    {
        foreach (var client in Registered(node, CtdbSrvid.IPREALLOCATED))
        {
            client.Say(bytes);
        }
    }

    /// <summary>To a request that was not admitted: the list that the node had then.</summary>
    public void AnswerLate(uint node, CtdbRequest request, params CtdbPublicAddress[] addresses)
    {
        foreach (var client in Registered(node, CtdbSrvid.IPREALLOCATED))
        {
            client.Say(new CtdbReply(
                1, 0, 0, request.RequestId, 0, CtdbCodec.EncodePublicAddresses(addresses), ""));
        }
    }

    internal void Left(FakeCtdbClient client)
    {
        lock (_gate)
        {
            _clients.Remove(client);
        }

        if (client.Farewell is var (srvid, message))
        {
            TellAll(srvid, message);
        }
    }

    internal void Heard(FakeCtdbClient client, CtdbPacket packet)
    {
        switch (packet)
        {
            case CtdbRequest request:
                Note($"{client.Node} {request.Control} at {Shown(request.Destination)}");
                if (Admits(client.Node, request))
                {
                    client.Say(Answer(client, request));
                }
                else
                {
                    _owed.Enqueue((client, request));
                }

                break;
            case CtdbMessage message:
                Forward(client.Node, message);
                break;
        }
    }

    public CtdbReply Answer(FakeCtdbClient client, CtdbRequest request)
    {
        var node = request.Destination >= CtdbNodeNumber.Current ? client.Node : request.Destination;
        var isThere = node == client.Node
            || (node < _nodes.Length && !_nodes[node].Flags.HasFlag(CtdbNodeFlags.DISCONNECTED));
        var (status, data) = isThere
            ? Execute(client, node, request)
            : (-1, null);
        status = request.Control == LosesAnswerOf ? -1 : status;
        return new CtdbReply(1, 0, 0, request.RequestId, status, data ?? [], "");
    }

    private (int Status, byte[]? Data) Execute(FakeCtdbClient client, uint node, CtdbRequest request)
    {
        switch (request.Control)
        {
            case CtdbControl.GET_PNN:
                return ((int)node, null);
            case CtdbControl.GET_NODEMAP:
                return (0, CtdbCodec.EncodeNodeMap([.. _nodes]));
            case CtdbControl.GETVNNMAP:
                return (0, CtdbCodec.EncodeVnnMap(new CtdbVnnMap(Generation, [])));
            case CtdbControl.GET_PUBLIC_IPS:
                return (0, CtdbCodec.EncodePublicAddresses(Owned()));
            case CtdbControl.REGISTER_SRVID:
                client.Register(request.Srvid);
                return (0, null);
            case CtdbControl.REGISTER_NOTIFY:
                client.Farewell = (BitConverter.ToUInt64(request.Data.Span), request.Data[12..].ToArray());
                return (0, null);
            case CtdbControl.TCP_CLIENT:
                var server = CtdbCodec.DecodeConnection(request.Data.Span).Server.Address;
                return (_owners.GetValueOrDefault(server, node) == node ? 0 : -1, null);
            case CtdbControl.RELEASE_IP or CtdbControl.TAKEOVER_IP:
                Give(node, CtdbCodec.DecodePublicAddress(request.Data.Span), request.Control);
                return (0, null);
            case CtdbControl.STOP_NODE:
                SetFlags(node, CtdbNodeFlags.STOPPED);
                return (0, null);
            case CtdbControl.CONTINUE_NODE:
                SetFlags(node, CtdbNodeFlags.None);
                return (0, null);
            case CtdbControl.IPREALLOCATED:
                Tell(node, CtdbSrvid.IPREALLOCATED, []);
                return (0, null);
            default:
                return (0, null);
        }
    }

    private CtdbPublicAddress[] Owned()
    {
        lock (_gate)
        {
            return [.. _owners.Select(entry => new CtdbPublicAddress(entry.Value, entry.Key))];
        }
    }

    private void Give(uint node, CtdbPublicAddress address, CtdbControl control)
    {
        var had = _owners[address.Address] == node;
        if (control == CtdbControl.TAKEOVER_IP)
        {
            SetOwner(address.Address, node);
            Tell(node, CtdbSrvid.TAKE_IP, CtdbCodec.EncodeAddressText(address.Address));
        }
        else if (had)
        {
            SetOwner(address.Address, CtdbNodeNumber.Unknown);
            Tell(node, CtdbSrvid.RELEASE_IP, CtdbCodec.EncodeAddressText(address.Address));
        }
    }

    private void Forward(uint from, CtdbMessage message)
    {
        if (message.Srvid == CtdbSrvid.DISABLE_TAKEOVER_RUNS)
        {
            var (asker, answerTo, seconds) = (
                BitConverter.ToUInt32(message.Data.Span), BitConverter.ToUInt64(message.Data.Span[8..]),
                BitConverter.ToUInt32(message.Data.Span[16..]));
            Note($"{from} DISABLE_TAKEOVER_RUNS {seconds}");
            var isBusy = answerTo != 0 && BusyRuns-- > 0;
            foreach (var node in _nodes.Where(_ => answerTo != 0))
            {
                Tell(asker, answerTo, CtdbCodec.EncodeNumber(isBusy ? uint.MaxValue : node.Number));
            }
        }
        else if (message.Srvid == CtdbSrvid.TAKEOVER_RUN)
        {
            Note($"{from} TAKEOVER_RUN");
        }
        else if (message.Destination == CtdbNodeNumber.Connected)
        {
            TellAll(message.Srvid, message.Data.ToArray());
        }
        else
        {
            Tell(message.Destination, message.Srvid, message.Data.ToArray());
        }
    }

    private FakeCtdbClient[] Registered(uint node, ulong srvid)
    {
        lock (_gate)
        {
            return [.. _clients.Where(client => client.Node == node && client.IsRegistered(srvid))];
        }
    }

    private void Note(string what)
    {
        lock (Said)
        {
            Said.Add(what);
        }
    }

    private static string Shown(uint node) => node == CtdbNodeNumber.Current ? "home" : $"{node}";
}
