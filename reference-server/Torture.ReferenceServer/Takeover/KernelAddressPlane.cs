using System.Net;
using System.Net.Sockets;
using Torture.Protocol.Takeover;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Takeover;

/// <summary>What a <see cref="KernelAddressPlane"/> is made of.</summary>
/// <param name="Fence">Takes an address from those who had it, where the cluster has a device for that.</param>
/// <param name="PublicAddresses">Those of the cluster: on the link they are this node's or nobody's.</param>
/// <param name="Permission">How long a permission to serve lasts that is not renewed.</param>
/// <param name="LeftAt">Connections that earlier owners of an address had, and that may still be there.</param>
/// <param name="Told">All those were told of the address's new owner; not to be waited for.</param>
public sealed record AddressPlaneParts(
    IPublicLink Link, IAddressPlane Fence, IReadOnlyList<IPAddress> PublicAddresses, TimeSpan Permission,
    TimeProvider Time, Func<IPAddress, IReadOnlyCollection<ClientConnection>> LeftAt, Action<IPAddress> Told,
    Action<string> Log);

/// <summary>
/// Public addresses that really move: a taken one is added to the node's interface; neighbours are told, and clients
/// of the owner before are made to ask, in three rounds as CTDB does it.
/// </summary>
/// <remarks>
/// The kernel gets each address for a permission's time only, again and again while the permit holds: so it takes it
/// back by itself from a node that is frozen or was killed. It does so in whole seconds, and up to two of them after
/// the node lost the permission: only a fence device is as quick as the next owner.
/// </remarks>
public class KernelAddressPlane : IAddressPlane
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Held> _held = [];
    private readonly AddressPlaneParts _parts;
    private ITimer? _keeping;
    private string? _lastTrouble;

    public KernelAddressPlane(AddressPlaneParts parts) => _parts = parts;

    /// <summary>Between rounds: an entry that changed within the last second is not replaced everywhere.</summary>
    protected virtual TimeSpan Spacing => TimeSpan.FromSeconds(1.1);

    protected virtual int Rounds => 3;

    /// <summary>Outside of the window of any connection but by chance.</summary>
    protected virtual uint TickleSequence => 0;

    /// <summary>
    /// How long the kernel keeps an address by itself: whole seconds, more than a permission lasts; null: for ever.
    /// </summary>
    protected virtual TimeSpan? Lifetime => TimeSpan.FromSeconds(Math.Ceiling(_parts.Permission.TotalSeconds + 0.5));

    protected IPublicLink Link => _parts.Link;

    /// <summary>Takes away what a node that was killed has left here.</summary>
    public ValueTask StartAsync(CancellationToken cancellationToken)
    {
        foreach (var left in Link.Addresses().Intersect(_parts.PublicAddresses).ToArray())
        {
            _parts.Log($"network: {left} was left here by another process");
            LetGo(left);
        }

        if (Lifetime is { } lifetime)
        {
            // Never so late that the kernel would let go before the permission can have ended.
            var interval = TimeSpan.FromTicks(Math.Min((lifetime - _parts.Permission).Ticks, lifetime.Ticks / 3));
            _keeping = _parts.Time.CreateTimer(_ => Keep(), null, interval, interval);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask TakeAsync(IPAddress address, ServingPermit permit, CancellationToken cancellationToken)
    {
        await FenceAsync(address, permit, cancellationToken);
        lock (_gate)
        {
            Add(address);
            _held[address] = new Held(permit, new CancellationTokenSource());
        }

        await WhenReadyAsync(address, cancellationToken);
    }

    public void Announce(IPAddress address)
    {
        Held? held;
        lock (_gate)
        {
            _held.TryGetValue(address, out held);
        }

        if (held is not null)
        {
            _ = AnnounceAsync(address, held);
        }
    }

    public void Withdraw(IPAddress address)
    {
        lock (_gate)
        {
            Forget(address);
            Try($"withdraw {address}", () => Remove(address));
            Keep();
        }
    }

    public ValueTask ReleaseAsync(IPAddress address)
    {
        lock (_gate)
        {
            Forget(address);
            LetGo(address);

            // With another prefix than the interface's own address, others may have gone along with this one.
            Keep();
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_keeping is not null)
        {
            await _keeping.DisposeAsync();
        }

        Link.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The owner before may be frozen, and its kernel would go on answering for a while.</summary>
    protected virtual ValueTask FenceAsync(
        IPAddress address, ServingPermit permit, CancellationToken cancellationToken) =>
        _parts.Fence.TakeAsync(address, permit, cancellationToken);

    protected virtual void Add(IPAddress address) => Link.Add(address, Lifetime);

    /// <summary>Whoever is told of the address now must not come too early.</summary>
    protected virtual ValueTask WhenReadyAsync(IPAddress address, CancellationToken cancellationToken) =>
        Link.WhenReadyAsync(address, cancellationToken);

    protected virtual void Remove(IPAddress address) => Link.Remove(address);

    /// <summary>To all neighbours: who sends to the address shall send it here.</summary>
    protected virtual void TellNeighbours(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            Link.SendFrame(TakeoverFrames.NeighborAdvertisement(Link.HardwareAddress, address));
            return;
        }

        Link.SendFrame(TakeoverFrames.GratuitousArp(Link.HardwareAddress, address, asReply: false));
        Link.SendFrame(TakeoverFrames.GratuitousArp(Link.HardwareAddress, address, asReply: true));
    }

    /// <summary>To a client of the owner before: it answers, hears that there is no connection, and comes.</summary>
    protected virtual void Tickle(IPAddress address, ClientConnection connection) => Link.SendPacket(
        connection.Client.Address,
        TakeoverFrames.Tickle(new IPEndPoint(address, connection.Port), connection.Client, TickleSequence));

    private async Task AnnounceAsync(IPAddress address, Held held)
    {
        try
        {
            for (var round = 0; round < Rounds && held.MayAnnounce; round++)
            {
                if (round > 0)
                {
                    await Task.Delay(Spacing, _parts.Time, held.Ended.Token);
                }

                await AnnounceOnceAsync(address, held);
            }

            if (held.MayAnnounce)
            {
                _parts.Told(address);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Neighbours first: a client's answer must not go to the owner before.</summary>
    private async Task AnnounceOnceAsync(IPAddress address, Held held)
    {
        if (held.MayAnnounce)
        {
            Try($"announce {address}", () => TellNeighbours(address));
        }

        // Whoever takes an address does not wait for a thousand tickles; the next one to announce comes first.
        await Task.Yield();
        foreach (var connection in _parts.LeftAt(address))
        {
            if (!held.MayAnnounce)
            {
                return;
            }

            Try($"tickle {connection.Client}", () => Tickle(address, connection));
        }
    }

    /// <summary>Clients with RST, while it can still be sent; then the address.</summary>
    private void LetGo(IPAddress address)
    {
        Try($"connections of {address}", () => Link.EndConnections(address));
        Try($"release {address}", () => Remove(address));
    }

    private void Forget(IPAddress address)
    {
        if (_held.Remove(address, out var held))
        {
            held.Ended.Cancel();
        }
    }

    private void Keep()
    {
        lock (_gate)
        {
            foreach (var (address, _) in _held.Where(entry => entry.Value.Permit.Holds))
            {
                Try($"keep {address}", () => Add(address));
            }
        }
    }

    /// <summary>Trouble that goes on is told once.</summary>
    private void Try(string what, Action act)
    {
        try
        {
            act();
        }
        catch (IOException refused)
        {
            var trouble = $"network: {what}: {refused.Message}";
            if (Interlocked.Exchange(ref _lastTrouble, trouble) != trouble)
            {
                _parts.Log(trouble);
            }
        }
    }

    private sealed record Held(ServingPermit Permit, CancellationTokenSource Ended)
    {
        public bool MayAnnounce => Permit.Holds && !Ended.IsCancellationRequested;
    }
}
