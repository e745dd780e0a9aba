using System.Net;
using FluentAssertions;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;

namespace Torture.SelfTests.Witness;

/// <summary>A service that is called directly, stub in and stub out, on a clock that stands.</summary>
internal sealed class WitnessUnderTest : IDisposable
{
    private static readonly IPEndPoint Here = new(FakeCluster.A1, 49200);
    private uint _groups;

    public WitnessUnderTest(
        WitnessSettings? settings = null, Func<NodeParts, WitnessService>? create = null, FakeCluster? cluster = null)
    {
        Cluster = cluster ?? new FakeCluster();
        var parts = new NodeParts(
            Time, new Random(1), settings ?? new WitnessSettings { UnusedRegistrationTimeout = Unused }, Cluster,
            Log.Add);
        Service = create?.Invoke(parts) ?? new WitnessService(parts);
        Service.Start();
    }

    public static TimeSpan Unused => TimeSpan.FromSeconds(30);

    public static TimeSpan Sweep => TimeSpan.FromSeconds(1);

    public static TimeSpan Tick => TimeSpan.FromTicks(1);

    public ManualTime Time { get; } = new();

    public FakeCluster Cluster { get; }

    public List<string> Log { get; } = [];

    public WitnessService Service { get; }

    public void Dispose() => Service.Dispose();

    /// <summary>A connection in an association group of its own.</summary>
    public WitnessCaller Connect(string? user = @"TEST\alice", AuthenticationType type = AuthenticationType.Ntlmssp) =>
        new(Service, new AssociationGroup(++_groups), new RpcCaller(
            AuthenticationLevel.Integrity, type, user, Here, new IPEndPoint(IPAddress.Loopback, 50000)));

    public int PendingCalls => Service.ListRegistrations().Sum(r => r.PendingCalls);
}

/// <summary>One end of a connection: each call is made and answered as bytes.</summary>
internal sealed class WitnessCaller(WitnessService service, AssociationGroup group, RpcCaller caller)
{
    public AssociationGroup Group => group;

    public NdrSyntax Syntax { get; private init; } = NdrSyntax.Ndr20;

    /// <summary>The same association group, another user.</summary>
    public WitnessCaller As(string user) => new(service, group, caller with { Name = user });

    public WitnessCaller With(NdrSyntax syntax) => new(service, group, caller) { Syntax = syntax };

    public HandleResponse Register(
        uint version = WitnessVersion.V1, string? netName = "CLUSTER", string? address = "10.0.0.1",
        string? client = "client") =>
        WitnessCodec.DecodeHandleResponse(
            Call(1, WitnessCodec.Encode(new RegisterRequest(version, netName, address, client), Syntax)), Syntax);

    public HandleResponse RegisterEx(
        uint version = WitnessVersion.V2, string? netName = "CLUSTER", string? share = null,
        string? address = "10.0.0.1", string? client = "client", uint flags = 0, uint keepAlive = 120) =>
        WitnessCodec.DecodeHandleResponse(
            Call(4, WitnessCodec.Encode(
                new RegisterExRequest(version, netName, share, address, client, (RegisterFlags)flags, keepAlive),
                Syntax)),
            Syntax);

    public Win32Error UnRegister(ContextHandle context) => WitnessCodec.DecodeStatusResponse(
        Call(2, WitnessCodec.Encode(new HandleRequest(context), Syntax)), Syntax).Status;

    public HandleResponse UnRegisterEx(ContextHandle context) => WitnessCodec.DecodeHandleResponse(
        Call(5, WitnessCodec.Encode(new HandleRequest(context), Syntax)), Syntax);

    public RunningCall<AsyncNotifyResult> AsyncNotify(ContextHandle context) => Start(
        3, WitnessCodec.Encode(new HandleRequest(context), Syntax),
        stub => WitnessCodec.DecodeAsyncNotifyResult(stub, Syntax));

    public RunningCall<GetInterfaceListResponse> GetInterfaceList() =>
        Start(0, [], stub => WitnessCodec.DecodeGetInterfaceListResponse(stub, Syntax));

    private byte[] Call(ushort opnum, byte[] stub)
    {
        var running = Start(opnum, stub, bytes => bytes);
        running.Reply.IsCompleted.Should().BeTrue("only operations 0 and 3 may wait");
        return running.Reply.GetAwaiter().GetResult();
    }

    private RunningCall<T> Start<T>(ushort opnum, byte[] stub, Func<byte[], T> decode)
    {
        var call = new RpcServerCall(caller, group, connectionId: 1) { Opnum = opnum, Stub = stub, Syntax = Syntax };
        return new RunningCall<T>(call, Answer());

        async Task<T> Answer()
        {
            await service.InvokeAsync(call);
            return decode(call.ResponseStub.Stub.ToArray());
        }
    }
}

/// <summary>A call that may wait.</summary>
internal sealed record RunningCall<T>(RpcServerCall Call, Task<T> Reply)
{
    /// <summary>The reply, with a limit that only a defect reaches.</summary>
    public Task<T> Answered => Reply.WaitAsync(TimeSpan.FromSeconds(10));
}
