using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Torture.Harness.Clusters;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Smb2;
using Torture.Protocol.Witness;

namespace Torture.Targets.Hooks;

/// <summary>
/// What a witness client needs before it can register, a line each: would a Windows client find this cluster, get in
/// and choose a witness? It breaks nothing and registers nothing.
/// </summary>
/// <param name="lookUp">Addresses of a name; throws <see cref="SocketException"/> where there are none.</param>
internal sealed class Doctor(Action<CheckLine> tell, Func<string, Task<IPAddress[]>> lookUp)
{
    /// <summary>Beyond it Kerberos refuses.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LittleSkew = TimeSpan.FromSeconds(5);

    private readonly List<Grade> _grades = [];

    /// <returns>The worst that was found.</returns>
    public async Task<Grade> VisitAsync(ICluster cluster, CancellationToken cancellationToken)
    {
        foreach (var name in cluster.Aliases.Prepend(cluster.NetName))
        {
            await NameAsync(cluster, name);
        }

        using var client = cluster.ClaimClient("doctor");
        foreach (var node in cluster.Nodes)
        {
            await NodeAsync(cluster, node, client, cancellationToken);
        }

        foreach (var address in cluster.PublicAddresses)
        {
            await SmbAsync(cluster, address, client, cancellationToken);
        }

        await ObservationAsync(cluster, cancellationToken);
        Capture(cluster);
        Faults(cluster);
        return _grades.Max();
    }

    private void Say(Grade grade, string about, string said)
    {
        _grades.Add(grade);
        tell(new CheckLine(grade, about, said));
    }

    private async Task NameAsync(ICluster cluster, string name)
    {
        var about = $"name {name}";
        if (cluster.PublicAddresses.All(address => IPAddress.IsLoopback(address.Address)))
        {
            Say(Grade.None, about, "not looked up: the addresses are of loopback");
            return;
        }

        try
        {
            var found = await lookUp(name);
            var ours = found.Where(address => cluster.PublicAddresses.Any(known => known.Address.Equals(address)))
                .ToList();
            Say(
                ours.Count > 0 ? Grade.Ok : Grade.Doubtful, about,
                ours.Count > 0 ? $"is {string.Join(", ", found.AsEnumerable())}"
                    : $"is {string.Join(", ", found.AsEnumerable())}, none of which is a public address of the cluster:"
                        + " mend DNS or publicAddresses");
        }
        catch (SocketException unknown)
        {
            Say(Grade.Doubtful, about, $"{unknown.Message}: clients find the cluster by this name: put it into DNS");
        }
    }

    private async Task NodeAsync(
        ICluster cluster, Node node, CaseClient client, CancellationToken cancellationToken)
    {
        var ask = new WitnessAsk(cluster, client.Address);
        var mapper = cluster.Ports.EndpointMapper;
        if (!await ReachAsync(cluster, $"port {mapper} {node}", new IPEndPoint(node.Address, mapper), client,
            "start the RPC endpoint mapper, open the port in firewalls", cancellationToken))
        {
            return;
        }

        var witness = await TryAsync(
            cluster, $"endpoint mapper {node}", token => ask.MapAsync(node, token),
            found => $"the witness listens on port {found.Port}",
            "the witness service does not run, or has not registered", cancellationToken);
        if (witness is null || !await ReachAsync(cluster, $"port {witness.Port} {node}", witness, client,
            "open the dynamic RPC ports in firewalls", cancellationToken))
        {
            return;
        }

        var list = await TryAsync(
            cluster, $"authentication {node}", token => ask.ListAsync(witness, AuthenticationLevel.Integrity, token),
            _ => $"{Account(cluster)} may ask, with NTLM at integrity",
            $"check the password of {Account(cluster)}, and that it may log on", cancellationToken);
        if (list is not null)
        {
            await LevelsAsync(cluster, node, ask, witness, cancellationToken);
            List(cluster, node, list);
        }
    }

    private static string Account(ICluster cluster) =>
        cluster.Accounts is [var account, ..] ? account.ToString() : "nobody (no account is named)";

    private async Task<bool> ReachAsync(
        ICluster cluster, string about, IPEndPoint to, CaseClient client, string todo,
        CancellationToken cancellationToken) =>
        await TryAsync(
            cluster, about,
            async token =>
            {
                await using var connection = await cluster.ConnectAsync(client.For(to.Address), to, token);
                return "open";
            },
            said => said, todo, cancellationToken) is not null;

    /// <summary>What the specification lets a server refuse, and what it must take ([MS-SWN] 2.1).</summary>
    private async Task LevelsAsync(
        ICluster cluster, Node node, WitnessAsk ask, IPEndPoint witness, CancellationToken cancellationToken)
    {
        await TryAsync(
            cluster, $"level privacy {node}", token => ask.ListAsync(witness, AuthenticationLevel.Privacy, token),
            _ => "taken", "a client may ask for it: allow sealed RPC", cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(cluster.Limits.Call);
        try
        {
            await ask.ListAsync(witness, AuthenticationLevel.None, limit.Token);
            Say(Grade.Doubtful, $"level none {node}", "is taken: anybody may ask the witness without logging on");
        }
        catch (Exception refused) when (refused is IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Say(Grade.Ok, $"level none {node}", "is refused");
        }
    }

    private void List(ICluster cluster, Node node, IReadOnlyList<WitnessInterface> list)
    {
        var about = $"interface list {node}";
        var strangers = list.Select(entry => entry.GroupName).Distinct()
            .Where(group => cluster.Nodes.All(known => !known.Name.Equals(group, StringComparison.OrdinalIgnoreCase)))
            .ToList();
        var usable = list.Count(entry => entry.Flags.HasFlag(InterfaceFlags.INTERFACE_WITNESS)
            && entry.State == InterfaceState.AVAILABLE);
        Say(
            list.Count == 0 ? Grade.Failed : usable == 0 || strangers.Count > 0 ? Grade.Doubtful : Grade.Ok, about,
            list.Count == 0 ? "is empty: a client finds no witness here"
            : usable == 0 ? "has no available witness of another node: a client that asks here registers nowhere"
            : strangers.Count > 0 ? $"has groups that are no nodes of the target file: {string.Join(", ", strangers)}:"
                + " call the nodes so"
            : $"{list.Count} interfaces, {usable} of them an available witness");
    }

    private async Task SmbAsync(
        ICluster cluster, PublicAddress address, CaseClient client, CancellationToken cancellationToken)
    {
        if (address.Address.AddressFamily == AddressFamily.InterNetworkV6 && client.Address6 is null)
        {
            Say(Grade.None, $"SMB {address}", "no address of IPv6 here to ask from");
            return;
        }

        var to = new IPEndPoint(address.Address, cluster.Ports.Smb);
        var time = await TryAsync(
            cluster, $"SMB {address}",
            async token =>
            {
                await using var connection = await cluster.ConnectAsync(client.For(to.Address), to, token);
                await using var smb = await Smb2Client.NegotiateAsync(
                    connection.Stream, new Smb2ClientOptions(cluster.Time, new Random(1)), token);
                return new Negotiated(smb.Dialect, smb.SystemTime);
            },
            found => $"negotiates {found.Dialect}", "start the SMB server, open port 445 in firewalls",
            cancellationToken);
        if (time is not null)
        {
            Clock(cluster, address, time.SystemTime);
        }
    }

    private void Clock(ICluster cluster, PublicAddress address, long fileTime)
    {
        var about = $"clock {address}";
        if (fileTime <= 0 || fileTime > DateTimeOffset.MaxValue.ToFileTime())
        {
            Say(Grade.Doubtful, about, "the server does not tell its time");
            return;
        }

        var skew = DateTimeOffset.FromFileTime(fileTime) - cluster.Time.GetUtcNow();
        var seconds = string.Create(
            CultureInfo.InvariantCulture, $"{skew.TotalSeconds:+0.0;-0.0;0.0} s from this machine's");
        Say(
            skew.Duration() > MostSkew ? Grade.Failed : skew.Duration() > LittleSkew ? Grade.Doubtful : Grade.Ok, about,
            skew.Duration() > LittleSkew
                ? $"{seconds}: Kerberos and NTLM refuse more than 5 minutes: set up NTP"
                : seconds);
    }

    private async Task ObservationAsync(ICluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            var seen = await cluster.ObserveAsync(cancellationToken);
            var orphans = cluster.PublicAddresses.Where(address => seen.OwnerOf(address) is null).ToList();
            Say(
                orphans.Count == 0 ? Grade.Ok : Grade.Doubtful, "observation",
                orphans.Count == 0 ? "every address has one owner"
                    : $"nobody, or more than one, owns {string.Join(", ", orphans)}: let the cluster settle");
        }
        catch (InconclusiveException failed)
        {
            Say(Grade.Failed, "observation", failed.Message);
        }
    }

    private void Capture(ICluster cluster) => Say(
        cluster.Capture is null ? Grade.Doubtful : Grade.Ok, "capture",
        cluster.Capture is { } capture
            ? $"on {string.Join(", ", capture.Links.Select(link => link.Name))}"
            : $"{cluster.Capabilities.WhyNot(Capability.Capture)}: without it nothing is proven by packets");

    private void Faults(ICluster cluster)
    {
        foreach (var verb in HookVerb.All)
        {
            var missing = cluster.Capabilities.WhyNot(verb.Capability);
            Say(missing is null ? Grade.Ok : Grade.None, $"fault {verb.Name}", missing ?? "there");
        }
    }

    private async Task<T?> TryAsync<T>(
        ICluster cluster, string about, Func<CancellationToken, Task<T>> look, Func<T, string> say, string todo,
        CancellationToken cancellationToken)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(cluster.Limits.Call);
        try
        {
            var found = await look(limit.Token);
            Say(Grade.Ok, about, say(found));
            return found;
        }
        catch (Exception failed) when (failed is IOException or ProtocolException or TimeoutException
            or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var why = failed is OperationCanceledException
                ? $"no answer within {cluster.Limits.Call.TotalSeconds:0} s"
                : failed.Message;
            Say(Grade.Failed, about, $"{why}: {todo}");
            return null;
        }
    }

    private sealed record Negotiated(Smb2Dialect Dialect, long SystemTime);
}
