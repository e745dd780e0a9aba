using Torture.Protocol.Ctdb;

namespace Torture.SelfTests.Ctdbd;

/// <summary>One client as its daemon sees it.</summary>
internal sealed class FakeCtdbClient
{
    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _registered = [];
    private readonly FakeCtdb _cluster;
    private readonly StandInDaemon _daemon;

    public FakeCtdbClient(FakeCtdb cluster, uint node, Stream stream)
    {
        (_cluster, Node) = (cluster, node);
        _daemon = new StandInDaemon(stream);
        _ = ListenAsync();
    }

    public uint Node { get; }

    public (ulong Srvid, byte[] Message)? Farewell { get; set; }

    public void Register(ulong srvid)
    {
        lock (_gate)
        {
            _registered.Add(srvid);
        }
    }

    public bool IsRegistered(ulong srvid)
    {
        lock (_gate)
        {
            return _registered.Contains(srvid);
        }
    }

    public void Say(CtdbPacket packet) => Say(CtdbCodec.Encode(packet, asDaemon: true));

    public void Say(byte[] bytes)
    {
        try
        {
            // In memory: it is there when this returns.
            _daemon.SayAsync(bytes).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
        }
    }

    public void Close() => _daemon.Close();

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                _cluster.Heard(this, await _daemon.HearAnyAsync());
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            _cluster.Left(this);
        }
    }
}
