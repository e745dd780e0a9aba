using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Torture.Captures;

namespace Torture.SelfTests.Takeover;

/// <summary>
/// A network of namespaces: nodes and a client on a switch, and a switch of the nodes alone. Nothing of it leaves this
/// machine. Named by the process that made it, so that a later one can remove what a killed one has left.
/// </summary>
internal sealed partial class NamespaceNetwork : IDisposable
{
    public const string Client = "client";
    public const string Switch = "switch";

    /// <summary>On <see cref="Switch"/>: where clients are, and where public addresses come and go.</summary>
    public const string PublicBridge = "public";

    private const string PrivateBridge = "private";
    private readonly string _prefix = PrefixOf(Environment.ProcessId);
    private readonly int _nodes;

    public NamespaceNetwork(int nodes)
    {
        _nodes = nodes;
        Sweep();
        Ip("", [.. Roles.Select(role => $"netns add {NameOf(role)}")]);
        Ip(Switch,
            $"link add {PublicBridge} type bridge", $"link set {PublicBridge} up",
            $"link add {PrivateBridge} type bridge", $"link set {PrivateBridge} up");
        Connect(Client, "eth1", PublicBridge, Address(50), Address6(0x50));
        for (var i = 1; i <= nodes; i++)
        {
            Connect($"n{i}", "eth0", PrivateBridge, Private(i));
            Connect($"n{i}", "eth1", PublicBridge, Address(10 + i), Address6(0x10 + i));
        }
    }

    private IEnumerable<string> Roles =>
        Enumerable.Range(1, _nodes).Select(i => $"n{i}").Append(Client).Append(Switch);

    /// <summary>Null where namespaces can be made.</summary>
    public static string? WhyNot() =>
        !OperatingSystem.IsLinux() ? "network namespaces need Linux"
        : !Environment.IsPrivilegedProcess ? "network namespaces need root: sudo dotnet test"
        : !File.Exists("/usr/sbin/ip") && !File.Exists("/sbin/ip") ? "no ip command: apt-get install iproute2"
        : null;

    public static IPAddress Private(int node) => new([10, 77, 1, (byte)node]);

    public static IPAddress Address(int host) => new([10, 77, 0, (byte)host]);

    public static IPAddress Address6(int host) => IPAddress.Parse(
        string.Create(CultureInfo.InvariantCulture, $"fd77:77::{host:x}"));

    public string NameOf(string role) => _prefix + role;

    public string PathOf(string role) => $"/run/netns/{NameOf(role)}";

    /// <summary>Pulls both cables of a node, or puts them back.</summary>
    public void Plug(string node, bool isIn)
    {
        var state = isIn ? "up" : "down";
        Ip(Switch, $"link set {node}-eth0 {state}", $"link set {node}-eth1 {state}");
    }

    /// <summary>Whether the kernel of a node has the address.</summary>
    public bool Has(string node, IPAddress address) =>
        Ip(node, $"address show to {address}").Contains(address.ToString(), StringComparison.Ordinal);

    /// <summary>Link address of a node where clients are.</summary>
    public MacAddress MacOf(string node)
    {
        var words = Ip(node, "link show dev eth1").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var mac = words[Array.IndexOf(words, "link/ether") + 1].Replace(":", "", StringComparison.Ordinal);
        return new MacAddress(ulong.Parse(mac, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    public string Ip(string role, params string[] commands)
    {
        string[] inside = role.Length > 0 ? ["-n", NameOf(role)] : [];
        return Run([.. inside, "-batch", "-"], string.Join('\n', commands));
    }

    public void Dispose()
    {
        foreach (var name in Names().Where(name => name.StartsWith(_prefix, StringComparison.Ordinal)))
        {
            Run(["netns", "del", name], "");
        }
    }

    /// <summary>Namespaces of this kind, of whatever process.</summary>
    public static IReadOnlyList<string> Names() =>
        Directory.Exists("/run/netns")
            ? [.. Directory.EnumerateFiles("/run/netns").Select(file => Path.GetFileName(file)!)
                .Where(name => Ours().IsMatch(name))]
            : [];

    /// <summary>The number of a process may come again, its time of start does not.</summary>
    public static string PrefixOf(int process) => string.Create(
        CultureInfo.InvariantCulture, $"torture-{process}-{StartOf(process)}-");

    /// <summary>Removes what processes have left that are no more.</summary>
    public static void Sweep()
    {
        foreach (var name in Names())
        {
            var process = int.Parse(Ours().Match(name).Groups[1].Value, CultureInfo.InvariantCulture);
            if (!name.StartsWith(PrefixOf(process), StringComparison.Ordinal))
            {
                Run(["netns", "del", name], "");
            }
        }
    }

    private void Connect(string role, string link, string bridge, params IPAddress[] addresses)
    {
        var port = $"{role}-{link}";
        Ip("", $"link add {port} netns {NameOf(Switch)} type veth peer name {link} netns {NameOf(role)}");
        Ip(Switch, $"link set {port} master {bridge}", $"link set {port} up");
        Ip(role,
        [
            "link set lo up", $"link set {link} up",
            .. addresses.Select(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
                ? $"address add {address}/24 dev {link}"
                : $"address add {address}/64 dev {link} nodad"),
        ]);
    }

    private static string Run(string[] arguments, string input)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        ip.StandardInput.Write(input);
        ip.StandardInput.Close();
        var complaint = ip.StandardError.ReadToEndAsync();
        var output = ip.StandardOutput.ReadToEnd();
        ip.WaitForExit();
        return ip.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {complaint.Result}{input}");
    }

    /// <summary>In ticks since the machine started; 0: there is no such process.</summary>
    private static string StartOf(int process)
    {
        const int afterName = 19;
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[(status.LastIndexOf(')') + 2)..].Split(' ')[afterName];
        }
        catch (IOException)
        {
            return "0";
        }
    }

    [GeneratedRegex(@"^torture-(\d+)-\d+-\w+$")]
    private static partial Regex Ours();
}
