using System.Net;

namespace Torture.Protocol.Ctdb;

/// <summary>
/// Controls by name. All throw <see cref="IOException"/> when the connection is over, <see cref="TimeoutException"/>
/// without a reply in time, <see cref="CtdbRefusedException"/> where the daemon refuses, and
/// <see cref="ProtocolException"/> where its reply cannot be read. Node: whose daemon does it.
/// </summary>
public sealed partial class CtdbClient
{
    /// <summary>Number of the node whose daemon this is.</summary>
    public async Task<uint> GetNumberAsync(CancellationToken cancellationToken) =>
        (uint)(await RequireAsync(CtdbControl.GET_PNN, cancellationToken)).Status;

    public async Task<CtdbRunState> GetRunStateAsync(
        CancellationToken cancellationToken, uint node = CtdbNodeNumber.Current) =>
        (CtdbRunState)CtdbCodec.DecodeNumber(
            (await RequireAsync(CtdbControl.GET_RUNSTATE, cancellationToken, node)).Data.Span);

    public async Task<CtdbCapabilities> GetCapabilitiesAsync(
        CancellationToken cancellationToken, uint node = CtdbNodeNumber.Current) =>
        (CtdbCapabilities)CtdbCodec.DecodeNumber(
            (await RequireAsync(CtdbControl.GET_CAPABILITIES, cancellationToken, node)).Data.Span);

    public async Task<IReadOnlyList<CtdbNode>> GetNodeMapAsync(CancellationToken cancellationToken) =>
        CtdbCodec.DecodeNodeMap((await RequireAsync(CtdbControl.GET_NODEMAP, cancellationToken)).Data.Span);

    public async Task<CtdbVnnMap> GetVnnMapAsync(CancellationToken cancellationToken) =>
        CtdbCodec.DecodeVnnMap((await RequireAsync(CtdbControl.GETVNNMAP, cancellationToken)).Data.Span);

    /// <summary>The addresses of that node's own file; only what it says of itself is sure.</summary>
    public async Task<IReadOnlyList<CtdbPublicAddress>> GetPublicAddressesAsync(
        CancellationToken cancellationToken, uint node = CtdbNodeNumber.Current, bool onlyAvailable = false)
    {
        var flags = onlyAvailable ? CtdbControlFlags.OnlyAvailable : CtdbControlFlags.None;
        var reply = await RequireAsync(CtdbControl.GET_PUBLIC_IPS, cancellationToken, node, flags: flags);
        return CtdbCodec.DecodePublicAddresses(reply.Data.Span);
    }

    /// <summary>The value of a tunable of this node.</summary>
    public async Task<uint> GetTunableAsync(string name, CancellationToken cancellationToken) =>
        CtdbCodec.DecodeNumber((await RequireAsync(
            CtdbControl.GET_TUNABLE, cancellationToken, data: CtdbCodec.EncodeTunableName(name))).Data.Span);

    /// <summary>From now on messages for this srvid are heard.</summary>
    public Task RegisterAsync(ulong srvid, CancellationToken cancellationToken) =>
        RequireAsync(CtdbControl.REGISTER_SRVID, cancellationToken, srvid: srvid);

    public Task DeregisterAsync(ulong srvid, CancellationToken cancellationToken) =>
        RequireAsync(CtdbControl.DEREGISTER_SRVID, cancellationToken, srvid: srvid);

    /// <summary>The daemon sends this message to all when this client is gone.</summary>
    public Task LeaveBehindAsync(ulong srvid, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        RequireAsync(
            CtdbControl.REGISTER_NOTIFY, cancellationToken, data: CtdbCodec.EncodeNotify(srvid, message.Span));

    /// <summary>A client has connected: whoever takes the address next tickles it.</summary>
    /// <returns>False: the address is public, but not this node's.</returns>
    public async Task<bool> AddConnectionAsync(CtdbConnection connection, CancellationToken cancellationToken) =>
        (await AskAsync(
            CtdbControl.TCP_CLIENT, CtdbNodeNumber.Current, CtdbCodec.EncodeConnection(connection),
            cancellationToken)).Status >= 0;

    /// <summary>That connection has ended.</summary>
    public Task RemoveConnectionAsync(CtdbConnection connection, CancellationToken cancellationToken) =>
        RequireAsync(
            CtdbControl.TCP_CLIENT_DISCONNECTED, cancellationToken, data: CtdbCodec.EncodeConnection(connection));

    /// <summary>The connections of an address that a node would tickle.</summary>
    public async Task<CtdbTickleList> GetTickleListAsync(
        IPAddress address, CancellationToken cancellationToken, uint node = CtdbNodeNumber.Current) =>
        CtdbCodec.DecodeTickleList((await RequireAsync(
            CtdbControl.GET_TCP_TICKLE_LIST, cancellationToken, node,
            CtdbCodec.EncodeAddress(address))).Data.Span);

    /// <summary>DISABLE_NODE, ENABLE_NODE, STOP_NODE, CONTINUE_NODE, IPREALLOCATED: what needs no data.</summary>
    public Task CommandAsync(
        CtdbControl control, CancellationToken cancellationToken, uint node = CtdbNodeNumber.Current) =>
        RequireAsync(control, cancellationToken, node);

    public Task BanAsync(CtdbBan ban, CancellationToken cancellationToken) => RequireAsync(
        CtdbControl.SET_BAN_STATE, cancellationToken, ban.Number, CtdbCodec.EncodeBan(ban));

    /// <summary>RELEASE_IP or TAKEOVER_IP at a node: the address is another's from now on, or its own.</summary>
    public Task GiveAsync(
        CtdbControl control, uint node, CtdbPublicAddress address, CancellationToken cancellationToken) =>
        RequireAsync(control, cancellationToken, node, CtdbCodec.EncodePublicAddress(address));

    private async Task<CtdbReply> RequireAsync(
        CtdbControl control, CancellationToken cancellationToken, uint node = CtdbNodeNumber.Current,
        ReadOnlyMemory<byte> data = default, ulong srvid = 0, CtdbControlFlags flags = CtdbControlFlags.None)
    {
        var reply = await AskAsync(control, node, data, cancellationToken, srvid, flags);
        return reply.Status >= 0
            ? reply
            : throw new CtdbRefusedException(control, node, reply.Status, reply.Error);
    }
}
