using System.Net;
using System.Net.Sockets;
using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>Reads a target file and tells all that is wrong with it.</summary>
internal sealed class TargetFileReader
{
    private const string Version = "1";

    private readonly FileProblems _problems;
    private readonly Section _root;
    private readonly string _folder;
    private readonly StepReader _steps;

    private TargetFileReader(FileNode root, FileProblems problems, string folder)
    {
        (_problems, _folder) = (problems, folder);
        _root = Section.Of(root, problems);
        _steps = new StepReader(problems, Ssh());
    }

    /// <param name="root">With every value of <c>{set...}</c> and <c>{up...}</c> filled in.</param>
    /// <exception cref="TargetFileException">What is wrong.</exception>
    public static TargetFile Read(string path, string folder, FileNode root)
    {
        var problems = new FileProblems(path);
        var file = new TargetFileReader(root, problems, folder).Read();
        problems.ThrowIfAny();
        return file;
    }

    /// <summary>The settings that it has, with their usual values.</summary>
    /// <exception cref="TargetFileException">It is no map, or they are none.</exception>
    public static IReadOnlyDictionary<string, string> ReadSettings(string path, FileNode root)
    {
        var problems = new FileProblems(path);
        var settings = Section.Of(root, problems).Pairs("settings");
        problems.ThrowIfAny();
        return settings;
    }

    /// <summary>What is needed before the cluster is up, and must hold no <c>{up...}</c>.</summary>
    public static TargetFileStart ReadStart(string path, string folder, FileNode root)
    {
        var problems = new FileProblems(path);
        var reader = new TargetFileReader(root, problems, folder);
        var start = new TargetFileStart(
            reader._root.Text("name", "a name") ?? "",
            reader._steps.Read(reader._root.Find("up"), []), reader._steps.Read(reader._root.Find("down"), []),
            reader._root.Pairs("environment"),
            [.. reader.Accounts()]);
        problems.ThrowIfAny();
        return start;
    }

    private TargetFile Read()
    {
        var version = _root.Require("version", Version);
        if (version is not null and not FileScalar { Text: Version })
        {
            _problems.Add(version, $"expected {Version}, found {version.Kind}: this program reads version {Version}");
        }

        var (nodes, variables) = Nodes();
        var names = variables.Values.SelectMany(one => one.Keys).Distinct().ToList();
        var (mayBreak, allowed) = Mode();
        var file = new TargetFile
        {
            Path = _problems.File,
            Folder = _folder,
            Name = Name(),
            NetName = _root.RequireText("netName", "the name that clients register for"),
            Aliases = _root.Texts("aliases", "names"),
            Nodes = nodes,
            Variables = variables,
            PublicAddresses = PublicAddresses(),
            Shares = [.. Shares()],
            Accounts = [.. Accounts()],
            Ports = Ports(),
            Clients = Addresses("clients", "addresses of this machine"),
            Capture = Capture(),
            Limits = LimitsOf(),
            MayBreak = mayBreak,
            Allowed = allowed,
            Observe = Observe(),
            Hooks = Hooks(names),
            Up = _steps.Read(_root.Find("up"), []),
            Down = Down(),
            Logs = _steps.Read(_root.Find("logs"), HookVerb.Find("kill")!.Placeholders(names)),
            Lacks = Lacks(),
            Expectations = _root.Text("expectations", "a name or a path"),
        };
        _root.Find("settings");
        _root.Find("environment");
        _root.End();
        return file;
    }

    private HookStep? Down()
    {
        if (_root.Find("down") is { } down && _root.Find("up") is null)
        {
            _problems.Add(down, "without the hook up: a run takes down what it has brought up, and nothing else");
        }

        return _steps.Read(_root.Find("down"), []);
    }

    private string Name()
    {
        var name = _root.RequireText("name", "a name of letters, digits, '-' and '_'");
        if (name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not '-' and not '_'))
        {
            _problems.Add(_root.Find("name")!, $"expected a name of letters, digits, '-' and '_', found '{name}'");
        }

        return name;
    }

    private SshSettings Ssh()
    {
        if (_root.Inner("ssh") is not { } section)
        {
            return SshSettings.Default;
        }

        var settings = new SshSettings(
            section.Text("program", "a program") ?? SshSettings.Default.Program,
            section.Texts("options", "arguments of ssh, such as -p, \"2222\""));
        section.End();
        return settings;
    }

    private (IReadOnlyList<Node>, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>) Nodes()
    {
        var nodes = new List<Node>();
        var variables = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        var items = _root.RequireList("nodes", "the nodes of the cluster");
        foreach (var item in items)
        {
            var section = Section.Of(item, _problems);
            var name = section.RequireText("name", "the name that the interface list has for the node's group");
            nodes.Add(new Node(
                name, section.RequireAddress("address", AddressFamily.InterNetwork),
                section.Address("address6", AddressFamily.InterNetworkV6))
            {
                Private = section.Address("private"),
            });
            if (!variables.TryAdd(name, section.Pairs("vars")))
            {
                _problems.Add(item, $"a second node called '{name}'");
            }

            section.End();
        }

        if (items.Count == 0 && _root.Find("nodes") is { } none)
        {
            _problems.Add(none, "expected at least one node");
        }

        CheckVariables(variables);
        return (nodes, variables);
    }

    /// <summary>A hook works on every node or on none.</summary>
    private void CheckVariables(Dictionary<string, IReadOnlyDictionary<string, string>> variables)
    {
        var all = variables.Values.SelectMany(one => one.Keys).Distinct().ToList();
        foreach (var (node, own) in variables)
        {
            foreach (var missing in all.Where(name => !own.ContainsKey(name)))
            {
                _problems.Add(_root.Find("nodes")!, $"node {node} has no variable '{missing}', another node has it");
            }
        }

        foreach (var taken in all.Where(name => HookVerb.OfEachNode.Contains(name)))
        {
            _problems.Add(_root.Find("nodes")!, $"a variable cannot be called '{taken}': every node has that already");
        }
    }

    private IReadOnlyList<PublicAddress> PublicAddresses()
    {
        var addresses = Addresses("publicAddresses", "addresses that the cluster moves");
        if (addresses.Count == 0)
        {
            _root.Require("publicAddresses", "addresses that the cluster moves");
        }

        return [.. addresses.Select(address => new PublicAddress(address))];
    }

    private IReadOnlyList<IPAddress> Addresses(string key, string expected)
    {
        var addresses = new List<IPAddress>();
        foreach (var item in _root.List(key, expected))
        {
            if (_root.AddressOf(item) is { } address)
            {
                if (addresses.Contains(address))
                {
                    _problems.Add(item, $"{address} is given twice");
                }

                addresses.Add(address);
            }
        }

        return addresses;
    }

    private IEnumerable<Share> Shares()
    {
        foreach (var item in _root.List("shares", "shares"))
        {
            var section = Section.Of(item, _problems);
            var kind = section.Word("kind", "scaleOut", "failover", "plain");
            if (kind is null)
            {
                section.Require("kind", "scaleOut, failover or plain");
            }

            yield return new Share(section.RequireText("name", "a share name"), kind switch
            {
                "scaleOut" => ShareKind.ScaleOut,
                "failover" => ShareKind.Failover,
                _ => ShareKind.Plain,
            });
            section.End();
        }
    }

    private IEnumerable<AccountSource> Accounts()
    {
        foreach (var item in _root.List("accounts", "accounts"))
        {
            var section = Section.Of(item, _problems);
            var password = section.RequireText("password", Secret.Expected);
            var secret = Secret.Parse(password);
            if (secret is null && password.Length > 0)
            {
                // Not shown: it may well be the password.
                _problems.Add(
                    section.Find("password")!,
                    $"a password does not belong into this file: expected {Secret.Expected}");
            }
            else if (secret?.Kind == "generate" && !_root.Keys.Contains("up"))
            {
                _problems.Add(section.Find("password")!, "generate needs the hook up, which makes the account");
            }

            yield return new AccountSource(
                section.Text("domain", "a domain") ?? "", section.RequireText("user", "a user name"),
                secret ?? new Secret("env", "NONE"));
            section.End();
        }
    }

    private ClusterPorts Ports()
    {
        if (_root.Inner("ports") is not { } section)
        {
            return new ClusterPorts();
        }

        var ports = new ClusterPorts(
            section.Port("endpointMapper") ?? 135, section.Port("smb") ?? 445, section.Port("witness"));
        section.End();
        return ports;
    }

    private CaptureSettings Capture()
    {
        if (_root.Inner("capture") is not { } section)
        {
            return new CaptureSettings([], null, []);
        }

        var settings = new CaptureSettings(
            section.Texts("interfaces", "interfaces of this machine"), section.Text("filter", "a filter as of tcpdump"),
            [.. section.List("markers", "addresses").Select(item => section.AddressOf(item)).OfType<IPAddress>()]);
        section.End();
        return settings;
    }

    private Limits LimitsOf()
    {
        var usual = new Limits
        {
            Failover = TimeSpan.FromSeconds(45), Effect = TimeSpan.FromSeconds(60), Recovery = TimeSpan.FromSeconds(90),
            Silence = TimeSpan.FromSeconds(1), Operation = TimeSpan.FromSeconds(1), Case = TimeSpan.FromMinutes(5),
        };
        if (_root.Inner("limits") is not { } section)
        {
            return usual;
        }

        var limits = new Limits
        {
            Failover = section.Time("failover") ?? usual.Failover,
            AbandonedTakeover = section.Time("abandonedTakeover") ?? usual.AbandonedTakeover,
            Notification = section.Time("notification") ?? usual.Notification,
            Announcement = section.Time("announcement") ?? usual.Announcement,
            Call = section.Time("call") ?? usual.Call,
            Operation = section.Time("operation") ?? usual.Operation,
            Effect = section.Time("effect") ?? usual.Effect,
            Recovery = section.Time("recovery") ?? usual.Recovery,
            Rest = section.Time("rest") ?? usual.Rest,
            Settle = section.Time("settle") ?? usual.Settle,
            Silence = section.Time("silence") ?? usual.Silence,
            UnusedRegistration = section.Time("unusedRegistration") ?? usual.UnusedRegistration,
            Sweep = section.Time("sweep") ?? usual.Sweep,
            Case = section.Time("case") ?? usual.Case,
        };
        section.End();
        return limits;
    }

    private (bool MayBreak, IReadOnlyCollection<string> Allowed) Mode()
    {
        var mayBreak = _root.Word("mode", "read-only", "faults") == "faults";
        var allowed = new List<string>();
        foreach (var item in _root.List("allow", "faults that may be made"))
        {
            var name = _root.TextOf(item, "a fault") ?? "";
            if (name != "all" && HookVerb.Find(name) is null && name.Length > 0)
            {
                _problems.Add(item, $"unknown fault '{name}': expected {Section.Or([.. VerbNames.Append("all")])}");
            }

            allowed.Add(name);
        }

        if (mayBreak && _root.Find("allow") is null)
        {
            _root.Require("allow", "the faults that may be made, or [all]");
        }

        return (mayBreak, allowed.Contains("all") ? [.. VerbNames] : allowed);
    }

    private static IEnumerable<string> VerbNames => HookVerb.All.Select(verb => verb.Name);

    private ObserveSettings Observe()
    {
        switch (_root.Find("observe"))
        {
            case null or FileScalar { Text: "interface-lists" }:
                return new ObserveSettings(null, ObserveSettings.UsualPace);
            case FileScalar other:
                _problems.Add(other, $"expected interface-lists or {StepReader.Expected}, found {other.Kind}");
                return new ObserveSettings(null, ObserveSettings.UsualPace);
            case FileMap map when map.Entries.ContainsKey("pace"):
                var pace = Section.Of(map, _problems).Time("pace") ?? ObserveSettings.UsualPace;
                var rest = map.Entries.Where(entry => entry.Key != "pace").ToDictionary();
                return new ObserveSettings(
                    rest.Count == 0 ? null : _steps.Read(map with { Entries = rest }, []), pace);
            case var node:
                return new ObserveSettings(_steps.Read(node, []), ObserveSettings.UsualPace);
        }
    }

    private Dictionary<string, Hook> Hooks(IReadOnlyList<string> variables)
    {
        var hooks = new Dictionary<string, Hook>();
        if (_root.Inner("hooks") is not { } section)
        {
            return hooks;
        }

        foreach (var name in section.Keys)
        {
            if (HookVerb.Find(name) is not { } verb)
            {
                _problems.Add(
                    section.Find(name)!, $"unknown fault: expected {Section.Or([.. VerbNames])}");
                continue;
            }

            if (section.Inner(name) is { } inner && Hook(inner, verb, variables) is { } hook)
            {
                hooks[name] = hook;
            }
        }

        return hooks;
    }

    private Hook? Hook(Section section, HookVerb verb, IReadOnlyList<string> variables)
    {
        var deadline = section.Time("deadline");
        IReadOnlyList<string> placeholders = [.. verb.Placeholders(variables)];
        var act = _steps.Read(section.Require("do", StepReader.Expected), placeholders, deadline);
        if (verb.IsEvent)
        {
            foreach (var key in new[] { "undo", "verify" }.Where(key => section.Find(key) is not null))
            {
                _problems.Add(section.Find(key)!, $"{verb.Name} is over as soon as it has happened: it has no {key}");
            }
        }
        else
        {
            section.Require("undo", StepReader.Expected);
        }

        var undo = _steps.Read(section.Find("undo"), placeholders, deadline);
        var verify = _steps.Read(section.Find("verify"), placeholders, deadline);
        section.End();
        return act is null ? null : new Hook(verb, act, undo, verify);
    }

    private Dictionary<Capability, string> Lacks()
    {
        var lacks = new Dictionary<Capability, string>();
        foreach (var (name, reason) in _root.Pairs("lacks"))
        {
            if (Enum.TryParse<Capability>(name, out var capability) && !char.IsAsciiDigit(name[0]))
            {
                lacks[capability] = reason;
            }
            else
            {
                _problems.Add(
                    ((FileMap)_root.Find("lacks")!).Entries[name],
                    $"unknown capability: expected {Section.Or(Enum.GetNames<Capability>())}");
            }
        }

        return lacks;
    }
}

/// <summary>The part of a target file that brings the cluster up.</summary>
internal sealed record TargetFileStart(
    string Name, HookStep? Up, HookStep? Down, IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<AccountSource> Accounts);
