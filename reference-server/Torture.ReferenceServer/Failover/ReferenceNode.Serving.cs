using System.Net;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Rpc;
using Torture.Protocol.Smb2;

namespace Torture.ReferenceServer.Failover;

/// <summary>The ports that a node has open: its own, those of held addresses, the witness while it runs.</summary>
public partial class ReferenceNode : IAddressHost
{
    private readonly Lock _servingGate = new();
    private readonly Dictionary<IPAddress, Serving> _serving = [];
    private readonly List<ServedPort> _ownWitness = [];
    private RpcServer? _witnessServer;

    private IAddressPlane Plane => _plane ?? throw new InvalidOperationException("The node was not started.");

    async ValueTask IAddressHost.TakeAsync(
        IPAddress address, ServingPermit permit, CancellationToken cancellationToken)
    {
        var serving = new Serving(permit, []);
        try
        {
            await Plane.TakeAsync(address, permit, cancellationToken);
            if (!permit.Holds)
            {
                throw new OperationCanceledException("The permission has ended.");
            }

            Open(address, serving);
            Plane.Announce(address);
        }
        catch (Exception refused)
            when (refused is Control.ConfigurationException or OperationCanceledException or IOException)
        {
            await CloseAllAsync(serving.Ports);
            await Plane.ReleaseAsync(address);
            if (refused is Control.ConfigurationException)
            {
                throw new IOException(refused.Message, refused);
            }

            throw;
        }
    }

    async ValueTask IAddressHost.ReleaseAsync(IPAddress address)
    {
        Serving? serving;
        lock (_servingGate)
        {
            _serving.Remove(address, out serving);
        }

        if (serving is { Permit.EndedLate: true })
        {
            Plane.Withdraw(address);
        }

        await CloseAllAsync(serving?.Ports ?? []);
        await Plane.ReleaseAsync(address);
    }

    /// <summary>Ends the witness service: its registrations are gone, its ports are closed. The node goes on.</summary>
    public virtual async ValueTask StopWitnessAsync()
    {
        var witness = Witness;
        Witness = null;
        List<ServedPort> ports;
        lock (_servingGate)
        {
            _witnessServer = null;
            _known!.Unregister(SyntaxId.Witness);
            ports = [.. _ownWitness, .. _serving.Values.SelectMany(serving => serving.Witness)];
            _ownWitness.Clear();
            foreach (var serving in _serving.Values)
            {
                serving.Ports.RemoveAll(serving.Witness.Contains);
                serving.Witness.Clear();
            }
        }

        await CloseAllAsync(ports);
        witness?.Dispose();
    }

    /// <summary>A new witness service without any registration.</summary>
    public ValueTask StartWitnessAsync()
    {
        if (Witness is not null)
        {
            return ValueTask.CompletedTask;
        }

        var witness = CreateWitnessService(WitnessParts());
        witness.Start();
        Witness = witness;

        // The table may have changed between the two lines above.
        witness.OnInterfacesChanged();
        lock (_servingGate)
        {
            _witnessServer = CreateWitnessServer(witness);
            _known!.Register(new EndpointRegistration(
                SyntaxId.Witness, Cluster.Ports.Witness, "Service Witness Protocol"));
            _ownWitness.AddRange(OwnAddresses.Select(
                address => Serve(address, Cluster.Ports.Witness, _witnessServer, permit: null)));
            foreach (var (address, serving) in _serving)
            {
                OpenWitness(address, serving);
            }
        }

        return ValueTask.CompletedTask;
    }

    private void Open(IPAddress address, Serving serving)
    {
        lock (_servingGate)
        {
            serving.Ports.Add(Serve(address, Cluster.Ports.EndpointMapper, _mapper!, serving.Permit));
            OpenWitness(address, serving);
            serving.Ports.Add(ServeSmb(address, serving.Permit));
            _serving[address] = serving;
        }
    }

    private void OpenWitness(IPAddress address, Serving serving)
    {
        if (_witnessServer is { } server)
        {
            var port = Serve(address, Cluster.Ports.Witness, server, serving.Permit);
            serving.Ports.Add(port);
            serving.Witness.Add(port);
        }
    }

    private ServedPort Serve(IPAddress address, int port, RpcServer server, ServingPermit? permit) => new(
        Environment.Listeners.Listen(new IPEndPoint(address, port)),
        (connection, ended) => permit is null
            ? server.ServeAsync(connection.Stream, connection.Local, connection.Remote, ended)
            : ServeKnownAsync(connection, permit, stream =>
                server.ServeAsync(stream, connection.Local, connection.Remote, ended)),
        Environment.Time, Environment.Log);

    private ServedPort ServeSmb(IPAddress address, ServingPermit permit) => new(
        Environment.Listeners.Listen(new IPEndPoint(address, Cluster.Ports.Smb)),
        (connection, ended) => ServeKnownAsync(connection, permit, stream => _smb!.ServeAsync(stream, ended)),
        Environment.Time, Environment.Log);

    /// <summary>
    /// Peers know of every connection of a public address while it lasts, whatever its port: who waits for an answer
    /// to a mapper's or a witness's call hangs as one who waits for SMB does. One that ends with the permission stays
    /// known: its client has to hear of the next owner.
    /// </summary>
    private async Task ServeKnownAsync(NodeConnection connection, ServingPermit permit, Func<Stream, Task> serve)
    {
        var stream = Fenced(connection.Stream, permit);
        if (permit.Holds)
        {
            Engine.ConnectionOpened(connection);
        }

        try
        {
            await serve(stream);
        }
        finally
        {
            if (permit.Holds)
            {
                Engine.ConnectionClosed(connection);
            }
        }
    }

    private static async ValueTask CloseAllAsync(IEnumerable<ServedPort> ports)
    {
        foreach (var port in ports.ToArray())
        {
            await port.CloseAsync();
        }
    }

    private sealed record Serving(ServingPermit Permit, List<ServedPort> Ports)
    {
        public List<ServedPort> Witness { get; } = [];
    }
}
