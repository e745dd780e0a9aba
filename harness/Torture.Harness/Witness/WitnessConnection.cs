using System.Net;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Harness.Witness;

/// <summary>A bound connection of a case to a witness service.</summary>
public sealed class WitnessConnection : IAsyncDisposable
{
    private readonly TimeSpan? _deadline;
    private readonly TimeSpan _limit;

    internal WitnessConnection(RpcConnection rpc, TimeSpan? deadline, TimeSpan limit) =>
        (Rpc, _deadline, _limit) = (rpc, deadline, limit);

    /// <summary>The same connection, for raw calls.</summary>
    public RpcConnection Rpc { get; }

    public IPEndPoint Local => Rpc.Local;

    public IPEndPoint Remote => Rpc.Remote;

    public NdrSyntax Syntax => Rpc.Syntax;

    public uint AssociationGroup => Rpc.AssociationGroup;

    public Task<InterfaceListReply> GetInterfaceListAsync() =>
        Start(WitnessOperation.WitnessrGetInterfaceList, [], null, _deadline ?? _limit, ReplyReader.InterfaceList)
            .Reply;

    public Task<RegisterReply> RegisterAsync(RegisterRequest request) =>
        Start(
            WitnessOperation.WitnessrRegister, WitnessCodec.Encode(request, Syntax), request,
            _deadline ?? _limit, ReplyReader.Register).Reply;

    public Task<RegisterReply> RegisterAsync(
        string? netName, string? ipAddress, string? clientName, uint version = WitnessVersion.V1) =>
        RegisterAsync(new RegisterRequest(version, netName, ipAddress, clientName));

    public Task<RegisterReply> RegisterExAsync(RegisterExRequest request) =>
        Start(
            WitnessOperation.WitnessrRegisterEx, WitnessCodec.Encode(request, Syntax), request,
            _deadline ?? _limit, ReplyReader.Register).Reply;

    /// <param name="keepAlive">Seconds.</param>
    public Task<RegisterReply> RegisterExAsync(
        string? netName, string? shareName, string? ipAddress, string? clientName,
        RegisterFlags flags = RegisterFlags.WITNESS_REGISTER_NONE, uint keepAlive = 120,
        uint version = WitnessVersion.V2) =>
        RegisterExAsync(
            new RegisterExRequest(version, netName, shareName, ipAddress, clientName, flags, keepAlive));

    public Task<UnRegisterReply> UnRegisterAsync(ContextHandle handle) =>
        Start(
            WitnessOperation.WitnessrUnRegister, Handle(handle), new HandleRequest(handle), _deadline ?? _limit,
            ReplyReader.UnRegister).Reply;

    public Task<UnRegisterExReply> UnRegisterExAsync(ContextHandle handle) =>
        Start(
            WitnessOperation.WitnessrUnRegisterEx, Handle(handle), new HandleRequest(handle), _deadline ?? _limit,
            ReplyReader.UnRegisterEx).Reply;

    /// <summary>Waits for a notification, as long as it takes; at most until the case's deadline.</summary>
    public Task<NotifyReply> AsyncNotifyAsync(ContextHandle handle) => StartAsyncNotify(handle).Reply;

    /// <summary>Sends AsyncNotify and lets it wait.</summary>
    public PendingCall<NotifyReply> StartAsyncNotify(ContextHandle handle) =>
        Start(
            WitnessOperation.WitnessrAsyncNotify, Handle(handle), new HandleRequest(handle), _deadline,
            ReplyReader.Notify);

    /// <summary>Any operation number with any bytes.</summary>
    public Task<RawReply> CallAsync(ushort opnum, ReadOnlyMemory<byte> stub) => Rpc.CallAsync(opnum, stub);

    public Task CloseAsync(CloseMode mode = CloseMode.Fin) => Rpc.CloseAsync(mode);

    public ValueTask DisposeAsync() => Rpc.DisposeAsync();

    private byte[] Handle(ContextHandle handle) => WitnessCodec.Encode(new HandleRequest(handle), Syntax);

    private PendingCall<TReply> Start<TReply>(
        WitnessOperation operation, byte[] stub, object? request, TimeSpan? deadline,
        Func<RawReply, NdrSyntax, TReply> read)
        where TReply : Reply =>
        Rpc.Start((ushort)operation, stub, request, deadline, raw => read(raw, Syntax));
}
