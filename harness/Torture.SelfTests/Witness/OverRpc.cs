using System.Collections.Concurrent;
using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using Torture.SelfTests.Rpc;

namespace Torture.SelfTests.Witness;

/// <summary>The service behind a real RPC server, called by a real RPC client, over streams in memory.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OverRpc : IAsyncDisposable
{
    private static readonly IPEndPoint ServerEnd = new(FakeCluster.A1, 49200);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly WitnessUnderTest _witness = new();
    private readonly ConcurrentBag<Task> _served = [];
    private readonly RpcServer _server;
    private int _port = 50000;

    public OverRpc()
    {
        _server = new RpcServer(new RpcServerOptions
        {
            Random = new Random(7), Acceptors = type => FakeSecurity.Acceptor(type),
        });
        _server.AddInterface(_witness.Service);
    }

    [Test]
    public async Task PendingCallHoldsUpNothing()
    {
        await using var client = await BindAsync();
        var handle = await RegisterAsync(client);
        var pending = Notify(client, handle);

        var list = await client.Start(0, default).Response.WaitAsync(Limit);
        var second = await RegisterAsync(client);
        _witness.Service.OnInterfaceChanged("n1", [FakeCluster.A1], InterfaceState.UNAVAILABLE);

        WitnessCodec.DecodeGetInterfaceListResponse(list.Span, client.Syntax).Interfaces.Should().NotBeNull();
        second.Should().NotBe(handle);
        (await ResultAsync(pending)).Response!.MessageType
            .Should().Be(NotificationKind.RESOURCE_CHANGE_NOTIFICATION);
    }

    [Test]
    public async Task UnRegisterEndsACallOfTheSameConnection()
    {
        await using var client = await BindAsync();
        var handle = await RegisterAsync(client);
        var pending = Notify(client, handle);

        var status = await client.Start(2, Handle(handle)).Response.WaitAsync(Limit);

        WitnessCodec.DecodeStatusResponse(status.Span, client.Syntax).Status.Should().Be(Win32Error.ERROR_SUCCESS);
        (await ResultAsync(pending)).Status.Should().Be(Win32Error.ERROR_NOT_FOUND);
    }

    [Test]
    public async Task CancelledCallFaultsAndItsRegistrationStays()
    {
        await using var client = await BindAsync();
        var handle = await RegisterAsync(client);
        var pending = Notify(client, handle);
        await pending.CancelAsync();

        var fault = await FluentActions.Awaiting(() => ResultAsync(pending)).Should().ThrowAsync<RpcFaultException>();

        fault.Which.Status.Should().Be(RpcFault.nca_s_fault_cancel);
        _witness.Service.MoveClient("client", "n2");
        (await ResultAsync(Notify(client, handle))).Status.Should().Be(Win32Error.ERROR_SUCCESS);
    }

    [Test]
    public async Task OrphanedCallIsDropped()
    {
        await using var client = await BindAsync();
        var handle = await RegisterAsync(client);
        await Notify(client, handle).OrphanAsync();

        // An answer proves that what was sent before it has been read.
        await client.Start(0, default).Response.WaitAsync(Limit);

        _witness.PendingCalls.Should().Be(0);
        _witness.Service.CountRegistrations().Should().Be(1);
    }

    [Test]
    public async Task HandleLivesAsLongAsItsAssociationGroup()
    {
        var first = await BindAsync();
        var handle = await RegisterAsync(first);
        var second = await BindAsync(group: first.AssociationGroup);
        var stranger = await BindAsync();

        (await StatusAsync(stranger, handle)).Should().Be(Win32Error.ERROR_INVALID_PARAMETER);
        await first.DisposeAsync();
        _witness.Service.MoveClient("client", "n2");
        (await ResultAsync(Notify(second, handle))).Status.Should().Be(Win32Error.ERROR_SUCCESS);

        var pending = Notify(second, handle);
        await second.DisposeAsync();
        await stranger.DisposeAsync();
        await Task.WhenAll(_served).WaitAsync(Limit);
        _witness.Service.CountRegistrations().Should().Be(0);
        await FluentActions.Awaiting(() => ResultAsync(pending)).Should().ThrowAsync<RpcConnectionClosedException>();
    }

    [Test]
    public async Task WeakLevelAndUnknownOperationFault()
    {
        await using var weak = await BindAsync(AuthenticationLevel.Connect);
        await using var strong = await BindAsync(AuthenticationLevel.Privacy);

        (await FaultAsync(weak.Start(0, default))).Should().Be(RpcFault.RPC_S_ACCESS_DENIED);
        (await FaultAsync(weak.Start(0, default))).Should().Be(RpcFault.RPC_S_ACCESS_DENIED, "the connection lives");
        (await FaultAsync(strong.Start(6, default))).Should().Be(RpcFault.nca_op_rng_error);
        (await FaultAsync(strong.Start(1, new byte[] { 1, 2 }))).Should().Be(RpcFault.RPC_X_BAD_STUB_DATA);
    }

    [Test]
    public async Task ManyPendingCallsHearOneEvent()
    {
        const int Clients = 200;
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => BindAsync()));
        var pending = new List<RpcCall>();
        foreach (var client in clients)
        {
            pending.Add(Notify(client, await RegisterAsync(client)));
        }

        // Each connection answers a list, so each has read its AsyncNotify.
        await Task.WhenAll(clients.Select(client => client.Start(0, default).Response)).WaitAsync(Limit);
        _witness.Service.OnInterfaceChanged("n1", [FakeCluster.A1], InterfaceState.UNAVAILABLE)
            .Registrations.Should().Be(Clients);

        var results = await Task.WhenAll(pending.Select(ResultAsync));
        results.Should().OnlyContain(result => result.Status == Win32Error.ERROR_SUCCESS);
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_served).WaitAsync(Limit);
        _witness.Dispose();
    }

    private Task<RpcClient> BindAsync(AuthenticationLevel level = AuthenticationLevel.Integrity, uint group = 0)
    {
        var duplex = new MemoryDuplex();
        var end = new IPEndPoint(IPAddress.Loopback, Interlocked.Increment(ref _port));
        _served.Add(_server.ServeAsync(duplex.B, ServerEnd, end, default));
        return RpcClient.BindAsync(duplex.A, end, ServerEnd, new RpcClientOptions
        {
            Interface = SyntaxId.Witness, Level = level, SecurityContext = FakeSecurity.Initiator(),
            AssociationGroup = group,
        }, default);
    }

    private static async Task<ContextHandle> RegisterAsync(RpcClient client)
    {
        var request = new RegisterRequest(WitnessVersion.V1, "CLUSTER", "10.0.0.1", "client");
        var stub = await client.Start(1, WitnessCodec.Encode(request, client.Syntax)).Response.WaitAsync(Limit);
        return WitnessCodec.DecodeHandleResponse(stub.Span, client.Syntax).Context;
    }

    private static RpcCall Notify(RpcClient client, ContextHandle handle) => client.Start(3, Handle(handle));

    private static async Task<Win32Error> StatusAsync(RpcClient client, ContextHandle handle)
    {
        var stub = await client.Start(2, Handle(handle)).Response.WaitAsync(Limit);
        return WitnessCodec.DecodeStatusResponse(stub.Span, client.Syntax).Status;
    }

    private static async Task<AsyncNotifyResult> ResultAsync(RpcCall call)
    {
        var stub = await call.Response.WaitAsync(Limit);
        return WitnessCodec.DecodeAsyncNotifyResult(stub.Span, NdrSyntax.Ndr20);
    }

    private static async Task<RpcFault> FaultAsync(RpcCall call)
    {
        var fault = await FluentActions.Awaiting(() => call.Response.WaitAsync(Limit))
            .Should().ThrowAsync<RpcFaultException>();
        return fault.Which.Status;
    }

    private static byte[] Handle(ContextHandle handle) =>
        WitnessCodec.Encode(new HandleRequest(handle), NdrSyntax.Ndr20);
}
