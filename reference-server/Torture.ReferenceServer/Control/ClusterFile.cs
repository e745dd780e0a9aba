using System.Net;
using System.Text.Json;

namespace Torture.ReferenceServer.Control;

/// <summary>Reads, checks and writes cluster files.</summary>
public static class ClusterFile
{
    /// <summary>Larger files are refused, bytes.</summary>
    public const int MaximumSize = 1 << 20;

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
        NodeFaults(cluster).Concat(AddressFaults(cluster)).Concat(SettingFaults(cluster)).Concat(UserFaults(cluster));

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
                yield return $"node name \"{node.Name}\": 1 to 15 letters, digits and hyphens";
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
    }

    private static IEnumerable<string> SettingFaults(ClusterConfiguration cluster)
    {
        var ports = cluster.Ports;
        int[] numbers = [ports.EndpointMapper, ports.Smb, ports.Witness, ports.Link];
        if (numbers.FirstOrDefault(port => port is < 1 or > 65535) is var wrong and not 0)
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

        if (ControlSocket.PathFault(cluster) is { } fault)
        {
            yield return fault;
        }
    }

    private static string? EngineFault(ClusterConfiguration cluster)
    {
        var engine = cluster.Engine;
        if (engine.Kind == EngineKind.Embedded)
        {
            return cluster.Lock is null ? "lock must be given for engine embedded" : null;
        }

        var longest = cluster.Nodes.Select(node => engine.SocketOf(node.Name))
            .MaxBy(System.Text.Encoding.UTF8.GetByteCount);
        return longest?.StartsWith('/') != true
            ? $"engine.socket \"{engine.Socket}\": the absolute path of ctdbd's socket"
            : System.Text.Encoding.UTF8.GetByteCount(longest) > ControlSocket.MaximumPath
                ? $"engine.socket: {longest} is longer than the {ControlSocket.MaximumPath} bytes that a unix socket's "
                    + "path can have"
                : engine.StartTimeout is not (>= 0 and <= 3600)
                    ? $"engine.startTimeout {engine.StartTimeout}: 0 to 3600 seconds"
                    : null;
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
        return (end < 0 ? message : message[..end]).ReplaceLineEndings(" ");
    }
}
