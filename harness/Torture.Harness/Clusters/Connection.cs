using System.Net;

namespace Torture.Harness.Clusters;

/// <summary>One connection to the cluster, from an address of the case's own.</summary>
public abstract class Connection(Stream stream, IPEndPoint local, IPEndPoint remote) : IAsyncDisposable
{
    public Stream Stream { get; } = stream;

    public IPEndPoint Local { get; } = local;

    public IPEndPoint Remote { get; } = remote;

    /// <summary>Ends the connection with RST.</summary>
    public abstract void Reset();

    /// <summary>Ends the connection with FIN, if nothing ended it before.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Stream.DisposeAsync();
    }
}

/// <summary>A client name and source addresses that no other running case uses. Disposed: free again.</summary>
public sealed class CaseClient(string name, IPAddress address, IPAddress? address6, Action? release = null)
    : IDisposable
{
    private Action? _release = release;

    public string Name { get; } = name;

    public IPAddress Address { get; } = address;

    public IPAddress? Address6 { get; } = address6;

    /// <summary>The source address of the family of <paramref name="peer"/>.</summary>
    public IPAddress For(IPAddress peer) =>
        peer.AddressFamily == Address.AddressFamily
            ? Address
            : Address6 ?? throw new NotSupportedByTargetException(Capability.IPv6, "the client has no IPv6 address");

    public bool Owns(IPAddress address) => address.Equals(Address) || address.Equals(Address6);

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();

    public override string ToString() => $"{Name} ({Address})";
}
