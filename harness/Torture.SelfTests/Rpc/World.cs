using System.Collections.Concurrent;
using System.Net;
using FluentAssertions;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Rpc;

/// <summary>A server with a test interface, and connections to it in memory.</summary>
public sealed class World : IAsyncDisposable
{
    private static readonly IPEndPoint _server = new(IPAddress.Parse("127.0.0.1"), 49664);
    private readonly ConcurrentBag<Task> _served = [];
    private readonly CancellationTokenSource _stop = new();
    private int _port = 50000;

    public World(TestInterface? testInterface = null, Func<RpcServerOptions, RpcServerOptions>? adapt = null,
        Func<RpcServerOptions, RpcServer>? make = null)
    {
        Interface = testInterface ?? new TestInterface();
        var options = new RpcServerOptions
        {
            Random = new Random(7),
            Log = Log.Enqueue,
            Acceptors = type => type is AuthenticationType.Ntlmssp or AuthenticationType.Spnego
                ? FakeSecurity.Acceptor(type)
                : null,
        };
        options = adapt?.Invoke(options) ?? options;
        Server = make?.Invoke(options) ?? new RpcServer(options);
        Server.AddInterface(Interface);
    }

    public RpcServer Server { get; }

    public TestInterface Interface { get; }

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>Ends when the server has ended all connections.</summary>
    public Task AllServed => Task.WhenAll(_served);

    public static RpcClientOptions Options(AuthenticationLevel level = AuthenticationLevel.None) => new()
    {
        Interface = TestInterface.Syntax,
        Level = level,
        SecurityContext = level > AuthenticationLevel.None ? FakeSecurity.Initiator() : null,
    };

    public (Stream Stream, IPEndPoint Local, IPEndPoint Remote) Connect(
        int largestRead = int.MaxValue, string from = "127.0.0.9")
    {
        var duplex = new MemoryDuplex(largestRead);
        var client = new IPEndPoint(IPAddress.Parse(from), Interlocked.Increment(ref _port));
        _served.Add(Server.ServeAsync(duplex.B, _server, client, _stop.Token));
        return (duplex.A, client, _server);
    }

    public Task<RpcClient> BindAsync(RpcClientOptions options, int largestRead = int.MaxValue)
    {
        var (stream, local, remote) = Connect(largestRead);
        return RpcClient.BindAsync(stream, local, remote, options, default);
    }

    public Task<RpcClient> BindAsync(
        AuthenticationLevel level = AuthenticationLevel.None, ISecurityContext? context = null) =>
        BindAsync(Options(level) with { SecurityContext = context ?? Options(level).SecurityContext });

    public RawRpcConnection Raw(string from = "127.0.0.9") => new(Connect(from: from).Stream);

    /// <summary>Another client's call, as proof that the server goes on.</summary>
    public async Task MustBeAliveAsync()
    {
        await using var client = await BindAsync();
        var echo = await client.Start(TestInterface.Echo, new byte[] { 1, 2, 3, 4 }).Response;
        echo.ToArray().Should().Equal(1, 2, 3, 4);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await AllServed;
    }

    public async ValueTask DisposeAsync()
    {
        Interface.Release();
        await StopAsync();
        _stop.Dispose();
    }
}
