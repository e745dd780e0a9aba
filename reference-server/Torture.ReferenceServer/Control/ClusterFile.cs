using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Torture.Protocol.Json;

namespace Torture.ReferenceServer.Control;

/// <summary>Reads, checks and writes cluster files.</summary>
public static class ClusterFile
{
    /// <summary>Larger files are refused, bytes.</summary>
    public const int MaximumSize = 1 << 20;

    /// <summary>A reason may quote the file.</summary>
    private const int MaximumReason = 300;

    public const int MaximumNodes = 64;

    public const int MaximumPublicAddresses = 1024;

    /// <exception cref="ConfigurationException">Not there, malformed, or contradicting itself.</exception>
    public static ClusterConfiguration Load(string path)
    {
        byte[] text;
        try
        {
            var size = new FileInfo(path).Length;
            text = size <= MaximumSize
                ? File.ReadAllBytes(path)
                : throw new ConfigurationException($"{path}: {size} bytes are more than a cluster file can have");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{path}: {refused.Message}", refused);
        }

        return Parse(text, path);
    }

    /// <param name="name">What an error calls the file.</param>
    /// <exception cref="ConfigurationException">Malformed, or contradicting itself.</exception>
    public static ClusterConfiguration Parse(ReadOnlySpan<byte> text, string name)
    {
        ClusterConfiguration? cluster;
        try
        {
            JsonItems.RefuseNulls(text, ControlJson.Default.Options);
            cluster = JsonSerializer.Deserialize(text, ControlJson.Default.ClusterConfiguration);
        }
        catch (JsonException refused)
        {
            var where = refused.LineNumber is { } line ? $" line {line + 1}, {refused.Path}" : "";
            throw new ConfigurationException($"{name}:{where}: {FirstSentence(refused.Message)}", refused);
        }

        if (cluster is null)
        {
            throw new ConfigurationException($"{name}: is null");
        }

        return Faults(cluster).FirstOrDefault() is { } fault
            ? throw new ConfigurationException($"{name}: {fault}")
            : cluster;
    }

    public static string Write(ClusterConfiguration cluster) =>
        JsonSerializer.Serialize(
            cluster,
            new ControlJson(new JsonSerializerOptions(ControlJson.Default.Options) { WriteIndented = true })
                .ClusterConfiguration);

    /// <exception cref="ConfigurationException">There is none of that name; says which there are.</exception>
    public static NodeEntry Node(this ClusterConfiguration cluster, string name) =>
        cluster.Nodes.FirstOrDefault(node => node.Name == name)
        ?? throw new ConfigurationException(
            $"no node \"{name}\" in cluster {cluster.Name}: there are "
            + string.Join(", ", cluster.Nodes.Select(node => node.Name)));

    private static IEnumerable<string> Faults(ClusterConfiguration cluster) =>
        TextFaults(cluster).Concat(NodeFaults(cluster)).Concat(AddressFaults(cluster))
            .Concat(SettingFaults(cluster)).Concat(UserFaults(cluster));

    private static IEnumerable<string> NodeFaults(ClusterConfiguration cluster)
    {
        if (cluster.Name.Length == 0 || cluster.NetName.Length is 0 or > 255)
        {
            yield return "name and netName must be given";
        }

        if (cluster.Nodes.Count is 0 or > MaximumNodes)
        {
            yield return $"{cluster.Nodes.Count} nodes: 1 to {MaximumNodes} make a cluster";
        }

        foreach (var node in cluster.Nodes)
        {
            if (!IsName(node.Name))
            {
                yield return $"node name {Shown(node.Name)}: 1 to 15 letters, digits and hyphens";
            }
        }

        if (Twice(cluster.Nodes.Select(node => node.Name.ToUpperInvariant())) is { } twice)
        {
            yield return $"node {twice} is there twice";
        }

        foreach (var share in cluster.Shares)
        {
            if (share.Name.Length is 0 or > 80)
            {
                yield return "a share has no name, or one of more than 80 characters";
            }

            if (share.Owner is { } owner && cluster.Nodes.All(node => node.Name != owner))
            {
                yield return $"share {share.Name}: its owner {owner} is no node";
            }
        }

        if (Twice(cluster.Shares.Select(share => share.Name.ToUpperInvariant())) is { } shareTwice)
        {
            yield return $"share {shareTwice} is there twice";
        }
    }

    private static IEnumerable<string> AddressFaults(ClusterConfiguration cluster)
    {
        foreach (var node in cluster.Nodes)
        {
            if (node.Address.AddressFamily != AddressFamily.InterNetwork && node.Address6 is not null)
            {
                yield return $"node {node.Name}: address {node.Address} is no IPv4 address, although address6 is there";
            }

            if (node.Address6 is { AddressFamily: not AddressFamily.InterNetworkV6 })
            {
                yield return $"node {node.Name}: address6 {node.Address6} is no IPv6 address";
            }

            if (node.Private.AddressFamily != cluster.Nodes[0].Private.AddressFamily)
            {
                yield return $"node {node.Name}: private {node.Private} is of another family than the first node's";
            }
        }

        if (cluster.PublicAddresses.Count > MaximumPublicAddresses)
        {
            yield return $"more than {MaximumPublicAddresses} public addresses";
        }

        var all = cluster.Nodes.SelectMany(node => new[] { node.Private, node.Address, node.Address6 })
            .OfType<IPAddress>().Concat(cluster.PublicAddresses);
        if (Twice(all.Select(address => address.ToString())) is { } twice)
        {
            yield return $"address {twice} is there twice";
        }

        if (all.FirstOrDefault(address => !IsUnicast(address)) is { } nobodys)
        {
            yield return $"address {nobodys} is no address that a node can have";
        }
    }

    private static bool IsUnicast(IPAddress address) =>
        !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast
        && !address.IsIPv4MappedToIPv6
        && (address.AddressFamily != AddressFamily.InterNetwork || address.GetAddressBytes()[0] < 224);

    private static IEnumerable<string> SettingFaults(ClusterConfiguration cluster)
    {
        var ports = cluster.Ports;
        int[] numbers = [ports.EndpointMapper, ports.Smb, ports.Witness, ports.Link];
        foreach (var wrong in numbers.Where(port => port is < 1 or > 65535))
        {
            yield return $"port {wrong}: 1 to 65535";
        }

        if (new[] { ports.EndpointMapper, ports.Smb, ports.Witness }.Distinct().Count() < 3)
        {
            yield return "endpointMapper, smb and witness need a port each";
        }

        var profile = cluster.Profile;
        double[] times =
        [
            profile.KeepAliveInterval, profile.Lease, profile.Ban, cluster.UnusedRegistrationTimeout,
            cluster.SweepInterval,
        ];
        if (times.Any(seconds => seconds is not (>= 0.001 and <= 86_400)))
        {
            yield return "a time is outside 0.001 to 86400 seconds";
        }

        if (EngineFault(cluster) is { } engine)
        {
            yield return engine;
        }

        if (profile.KeepAliveLimit is < 1 or > 1000)
        {
            yield return $"keepAliveLimit {profile.KeepAliveLimit}: 1 to 1000";
        }

        if (cluster.Lock is { } held && !Enum.IsDefined(held.Kind)
            || !cluster.Shares.All(share => Enum.IsDefined(share.Kind)))
        {
            yield return "lock or share of a kind that does not exist";
        }

        if (NetworkFault(cluster) is { } network)
        {
            yield return network;
        }

        if (ControlSocket.PathFault(cluster) is { } fault)
        {
            yield return fault;
        }

        foreach (var route in cluster.Routes.Where(route => !IsPrefix(route)))
        {
            yield return $"routes: {Shown(route)} is no prefix of IPv6";
        }
    }

    /// <summary>What goes into file names and log lines as it is.</summary>
    private static IEnumerable<string> TextFaults(ClusterConfiguration cluster)
    {
        var users = cluster.Users;
        (string Name, string? Text)[] texts =
        [
            ("name", cluster.Name), ("netName", cluster.NetName), ("controlFolder", cluster.ControlFolder),
            ("logFolder", cluster.LogFolder), ("keyLogFolder", cluster.KeyLogFolder), ("lock.path", cluster.Lock?.Path),
            ("engine.socket", cluster.Engine.Socket), ("supervisor", cluster.Supervisor), ("mutant", cluster.Mutant),
            .. cluster.Aliases.Select(alias => ("an alias", (string?)alias)),
            .. cluster.Shares.Select(share => ("a share", (string?)share.Name)),
            .. users.Select(user => ("a user", (string?)user.Name)),
            .. users.Select(user => ("a domain", (string?)user.Domain)),
            .. users.Select(user => ("passwordFile", user.PasswordFile)),
            .. users.Select(user => ("passwordEnvironment", user.PasswordEnvironment)),
        ];
        foreach (var (name, text) in texts)
        {
            if (text is not null && text.Any(char.IsControl))
            {
                yield return $"{name}: {Shown(text)} has control characters";
            }
        }

        if (cluster.ControlFolder.Length == 0)
        {
            yield return "controlFolder must be given";
        }
    }

    private static bool IsPrefix(string route) =>
        IPNetwork.TryParse(route, out var prefix) && prefix.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    private static string Shown(string text) =>
        $"\"{string.Concat(text.Take(60).Select(c => char.IsControl(c) ? '?' : c))}\"";

    private static string? NetworkFault(ClusterConfiguration cluster) => cluster.Network switch
    {
        null => null,
        { PrefixLength: < 1 or > 32 } wrong => $"network: prefixLength {wrong.PrefixLength}: 1 to 32",
        { PrefixLength6: < 1 or > 128 } wrong => $"network: prefixLength6 {wrong.PrefixLength6}: 1 to 128",
        _ => null,
    };

    private static string? EngineFault(ClusterConfiguration cluster)
    {
        var engine = cluster.Engine;
        if (!Enum.IsDefined(engine.Kind))
        {
            return "engine of a kind that does not exist";
        }

        if (engine.StartTimeout is not (>= 0 and <= 3600))
        {
            return $"engine.startTimeout {engine.StartTimeout}: 0 to 3600 seconds";
        }

        if (engine.Kind == EngineKind.Embedded)
        {
            return string.IsNullOrEmpty(cluster.Lock?.Path) ? "lock.path must be given for engine embedded" : null;
        }

        var longest = cluster.Nodes.Select(node => engine.SocketOf(node.Name))
            .MaxBy(System.Text.Encoding.UTF8.GetByteCount);
        return longest?.StartsWith('/') != true
            ? $"engine.socket \"{engine.Socket}\": the absolute path of ctdbd's socket"
            : System.Text.Encoding.UTF8.GetByteCount(longest) > ControlSocket.MaximumPath
                ? $"engine.socket: {longest} is longer than the {ControlSocket.MaximumPath} bytes that a unix socket's "
                    + "path can have"
                : engine.Daemon?.FaultIn(cluster);
    }

    private static IEnumerable<string> UserFaults(ClusterConfiguration cluster)
    {
        foreach (var user in cluster.Users)
        {
            if (user.Name.Length == 0)
            {
                yield return "a user has no name";
            }

            if (user.PasswordEnvironment is null == user.PasswordFile is null)
            {
                yield return $"user {user.Name}: either passwordEnvironment or passwordFile";
            }
        }
    }

    private static bool IsName(string name) =>
        name.Length is >= 1 and <= 15 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static string? Twice(IEnumerable<string> names) =>
        names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        var sentence = (end < 0 ? message : message[..end]).ReplaceLineEndings(" ");
        return sentence.Length > MaximumReason ? sentence[..MaximumReason] + " ..." : sentence;
    }
}
