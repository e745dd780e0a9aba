using System.Net;

namespace Torture.Targets.Containers.Engine;

internal sealed partial class DockerEngine
{
    private const string BridgeOption = "com.docker.network.bridge.name";

    public async Task<NetworkInfo> CreateNetworkAsync(NetworkSpec network, CancellationToken cancellationToken)
    {
        IPNetwork?[] subnets = [network.Subnet, network.Subnet6];
        var body = new NetworkBody
        {
            Name = network.Name,
            // Whoever is broken on purpose in there must not reach anybody outside.
            Internal = true,
            EnableIpv6 = network.Subnet6 is not null,
            Addresses = new AddressManagement(
                [.. subnets.OfType<IPNetwork>().Select(subnet => new AddressPool(subnet.ToString()))]),
            Options = network.Bridge is { } bridge ? new() { [BridgeOption] = bridge } : null,
            Labels = Marked(),
        };
        var request = Post(
            "/networks/create", $"create network {network.Name} ({network.Subnet})",
            EngineHttp.Json(body, EngineJson.Default.NetworkBody));
        var created = await _http.AskAsync(request, EngineJson.Default.IdAnswer, cancellationToken);
        return Describe(body with { Id = created.Id });
    }

    public async Task<IReadOnlyList<NetworkInfo>> ListNetworksAsync(
        string? label, CancellationToken cancellationToken)
    {
        var request = Get(label is null ? "/networks" : $"/networks?{FilterByLabel(label)}", "list networks");
        var networks = await _http.AskAsync(request, EngineJson.Default.NetworkBodyArray, cancellationToken);
        return [.. networks.Select(Describe)];
    }

    public Task RemoveNetworkAsync(string network, CancellationToken cancellationToken) =>
        DeleteAsync($"/networks/{Escape(network)}", $"remove network {network}", cancellationToken);

    public Task ConnectAsync(string container, Attachment attachment, CancellationToken cancellationToken)
    {
        var body = new PlugBody(container) { EndpointConfig = EndpointOf(attachment) };
        return _http.SendAsync(
            Post(
                $"/networks/{Escape(attachment.Network)}/connect",
                $"plug container {container} into network {attachment.Network}",
                EngineHttp.Json(body, EngineJson.Default.PlugBody)),
            cancellationToken);
    }

    public async Task DisconnectAsync(string container, string network, CancellationToken cancellationToken)
    {
        try
        {
            await _http.SendAsync(
                Post(
                    $"/networks/{Escape(network)}/disconnect",
                    $"unplug container {container} from network {network}",
                    EngineHttp.Json(new PlugBody(container) { Force = true }, EngineJson.Default.PlugBody)),
                cancellationToken);
        }
        catch (EngineException gone) when (gone.Message.Contains("is not connected", StringComparison.Ordinal))
        {
        }
    }

    private static EndpointBody EndpointOf(Attachment attachment) =>
        new(new FixedAddresses(attachment.Address?.ToString(), attachment.Address6?.ToString()));

    private static NetworkInfo Describe(NetworkBody network) => new(
        network.Id ?? "", network.Name,
        [.. (network.Addresses?.Config ?? []).Select(pool => IPNetwork.TryParse(pool.Subnet ?? "", out var subnet)
            ? (IPNetwork?)subnet
            : null).OfType<IPNetwork>()],
        network.Options?.GetValueOrDefault(BridgeOption)
            ?? (network.Id is { Length: >= 12 } id ? $"br-{id[..12]}" : null),
        WithoutNull(network.Labels));
}
