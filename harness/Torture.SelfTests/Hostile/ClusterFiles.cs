using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;
using Torture.ReferenceServer.Control;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.Hostile;

/// <summary>A cluster file that is wrong is refused in one line that says where; what is accepted can be run.</summary>
[CancelAfter(60_000)]
public sealed class ClusterFiles
{
    private const int Seeds = 5000;

    private static readonly string[] Values =
    [
        "null", "7", "-1", "1e999", "99999999999999999999", "true", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "[]",
        "{}", "[null]", "[7]", "[[]]", "{\"a\":1}",
    ];

    private static readonly string Good = ClusterFile.Write(new ClusterConfiguration
    {
        Name = "a cluster",
        NetName = "CLUSTER",
        Aliases = ["cluster.example"],
        Nodes =
        [
            new NodeEntry("n1", At("127.1.1.11"), At("127.1.1.31"), At("fd77::1")),
            new NodeEntry("n2", At("127.1.1.12"), At("127.1.1.32"), At("fd77::2")),
        ],
        PublicAddresses = [At("127.1.1.101"), At("fd77::101")],
        Shares = [new ShareEntry("data", ShareEntryKind.Failover, "n2")],
        Profile = FailoverProfile.Fast,
        Lock = new LockSettings(LockKind.Lease, "/tmp/x/lock"),
        Users = [new UserEntry("alice", "D", PasswordEnvironment: "SECRET")],
        ControlFolder = "/tmp/x",
        LogFolder = "/tmp/x/log",
        Supervisor = "/tmp/x/keep.sock",
        Routes = ["fd77::/64"],
    });

    [Test]
    public void TheGoodOneIsGood() => Refusal(Good).Should().BeNull();

    [TestCase("", "could not be read|does not contain")]
    [TestCase("null", "is null")]
    [TestCase("{}", "missing required")]
    [TestCase("[]", "could not be converted")]
    [TestCase("hello", "invalid start")]
    [TestCase("{\"what\": 1}", "what")]
    public void WhatIsNoClusterFileIsSaid(string text, string why) => Refusal(text).Should().MatchRegex(why);

    [TestCase("name", "\"\"", "name and netName")]
    [TestCase("name", "\"a\\nb\"", "control characters")]
    [TestCase("netName", "null", "netName")]
    [TestCase("nodes", "[]", "0 nodes")]
    [TestCase("nodes", "[null]", "null")]
    [TestCase("nodes", "null", "nodes")]
    [TestCase("nodes.0.name", "\"n2\"", "twice")]
    [TestCase("nodes.0.name", "\"N2\"", "twice")]
    [TestCase("nodes.0.name", "\"a name that is too long\"", "1 to 15")]
    [TestCase("nodes.0.name", "\"../n1\"", "1 to 15")]
    [TestCase("nodes.0.address", "\"127.1.1.32\"", "twice")]
    [TestCase("nodes.0.address", "\"nowhere\"", "no IP address")]
    [TestCase("nodes.0.address", "\"fd77::5\"", "no IPv4")]
    [TestCase("nodes.0.address6", "\"127.1.1.99\"", "no IPv6")]
    [TestCase("nodes.0.private", "\"fd77::9\"", "another family")]
    [TestCase("nodes.0.private", "\"127.1.1.101\"", "twice")]
    [TestCase("nodes.0.private", "\"0.0.0.0\"", "no address that a node can have")]
    [TestCase("publicAddresses.0", "\"224.0.0.1\"", "no address that a node can have")]
    [TestCase("publicAddresses.0", "\"ff02::1\"", "no address that a node can have")]
    [TestCase("publicAddresses.0", "\"255.255.255.255\"", "no address that a node can have")]
    [TestCase("publicAddresses.1", "\"127.1.1.101\"", "twice")]
    [TestCase("publicAddresses", "[null]", "null")]
    [TestCase("shares.0.owner", "\"n9\"", "no node")]
    [TestCase("shares", "[{\"name\":\"a\"},{\"name\":\"A\"}]", "twice")]
    [TestCase("ports.witness", "0", "1 to 65535")]
    [TestCase("ports.witness", "65536", "1 to 65535")]
    [TestCase("ports.witness", "445", "a port each")]
    [TestCase("ports.witness", "1e99", "ports.witness")]
    [TestCase("profile.keepAliveInterval", "0", "0.001 to 86400")]
    [TestCase("profile.keepAliveInterval", "1e999", "0.001 to 86400")]
    [TestCase("profile.keepAliveInterval", "-1", "0.001 to 86400")]
    [TestCase("profile.keepAliveLimit", "2147483647", "1 to 1000")]
    [TestCase("profile.lease", "1e-9", "0.001 to 86400")]
    [TestCase("sweepInterval", "\"NaN\"", "sweepInterval")]
    [TestCase("lock.kind", "\"None\"", "lock.kind")]
    [TestCase("lock.kind", "9", "lock")]
    [TestCase("lock.path", "\"\"", "must be given")]
    [TestCase("controlFolder", "\"/tmp/\\u0000\"", "control characters")]
    [TestCase("routes", "[\"-help\"]", "no prefix")]
    [TestCase("users.0.passwordFile", "\"/x\"", "either")]
    [TestCase("users.0.password", "\"secret\"", "password")]
    public void WhatContradictsIsSaid(string path, string value, string why) =>
        Refusal(With(path, value)).Should().MatchRegex(why);

    [Test]
    public void EveryPrefixIsRefused()
    {
        var text = Good.TrimEnd();
        for (var length = 0; length < text.Length; length++)
        {
            Refusal(text[..length]).Should().NotBeNull($"{length} bytes");
        }
    }

    [Test]
    public void EveryValueInEveryPlaceIsTakenOrRefused()
    {
        foreach (var path in PathsOf(JsonNode.Parse(Good)!, ""))
        {
            foreach (var value in Values)
            {
                MustBeRunnable(With(path, value), $"{path} = {value}");
            }
        }
    }

    [Test]
    public void RandomFilesAreTakenOrRefused()
    {
        var good = Encoding.UTF8.GetBytes(Good);
        for (var seed = 0; seed < Seeds; seed++)
        {
            MustBeRunnable(HostileText.Mutate(good, new Random(seed)), $"seed {seed}");
        }
    }

    [Test]
    public void AFileThatIsTooLargeIsNotRead()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "cluster.json");
        using (var huge = File.Create(file))
        {
            huge.SetLength(1L << 36);
        }

        ((Action)(() => ClusterFile.Load(file))).Should().Throw<ConfigurationException>().WithMessage("*cluster file*");
    }

    [TestCase("node --name n1 --cluster"), TestCase("keep --cluster")]
    public async Task TheProgramSaysItInOneLineAndEndsWith3(string arguments, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "cluster.json");
        await File.WriteAllTextAsync(file, With("nodes.0.name", "\"n2\""), cancellationToken);
        var program = Path.Combine(AppContext.BaseDirectory, "torture-node.dll");
        using var node = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments.Split(' '), file])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;

        var said = await node.StandardError.ReadToEndAsync(cancellationToken);
        await node.WaitForExitAsync(cancellationToken);

        said.Trim().Should().StartWith($"torture-node: {file}: node N2 is there twice").And.NotContain("\n");
        node.ExitCode.Should().Be(3);
    }

    private static IPAddress At(string address) => IPAddress.Parse(address);

    private static string With(string path, string value)
    {
        var root = JsonNode.Parse(Good)!;
        var steps = path.Split('.');
        var parent = steps[..^1].Aggregate(root, (node, step) => Step(node, step)!);
        // As text, since no JSON library writes half a surrogate or a number beyond all numbers.
        const string here = "\"@here@\"";
        if (parent is JsonArray items)
        {
            items[int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture)] = "@here@";
        }
        else
        {
            parent[steps[^1]] = "@here@";
        }

        return root.ToJsonString().Replace(here, value, StringComparison.Ordinal);
    }

    private static JsonNode? Step(JsonNode node, string step) => node is JsonArray items
        ? items[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]
        : node[step];

    private static IEnumerable<string> PathsOf(JsonNode node, string above)
    {
        var children = node switch
        {
            JsonObject members => members.Select(member => (member.Key, member.Value)),
            JsonArray items => items.Select((item, index) => ($"{index}", item)),
            _ => [],
        };
        foreach (var (name, child) in children)
        {
            yield return above + name;
            foreach (var path in child is null ? [] : PathsOf(child, $"{above}{name}."))
            {
                yield return path;
            }
        }
    }

    private static string? Refusal(string text) => Refusal(Encoding.UTF8.GetBytes(text), text);

    private static string? Refusal(byte[] text, string what)
    {
        try
        {
            ClusterFile.Parse(text, "file");
            return null;
        }
        catch (ConfigurationException refused)
        {
            refused.Message.Should().StartWith("file:").And.NotContain("\n");
            refused.Message.Length.Should().BeLessThan(500, what);
            return refused.Message;
        }
    }

    private static void MustBeRunnable(string text, string what) => MustBeRunnable(Encoding.UTF8.GetBytes(text), what);

    /// <summary>Refused, or such that it can be written and read again, and that its numbers are numbers.</summary>
    private static void MustBeRunnable(byte[] text, string what)
    {
        if (Refusal(text, what) is not null)
        {
            return;
        }

        var cluster = ClusterFile.Parse(text, "file");
        Refusal(ClusterFile.Write(cluster)).Should().BeNull(what);
        var profile = cluster.Profile;
        (TimeSpan.FromSeconds(profile.KeepAliveInterval) * profile.KeepAliveLimit).Should().BePositive(what);
    }
}
