using Torture.Harness.Clusters;
using Torture.SelfTests.Loopback;
using Torture.Targets.Hooks;

namespace Torture.SelfTests.Hooks;

/// <summary>
/// A cluster that is nothing but files and a target file over it: <c>n1.state</c> holds a node's state,
/// <c>ADDRESS.owner</c> an owner. Its hooks are scripts that a test writes.
/// </summary>
internal sealed class HookWorld : IDisposable
{
    private const string Observe = """
        #!/bin/sh
        printf '{"nodes":['
        for node in n1 n2 n3; do
          [ $node = n1 ] || printf ','
          state=$(cat $node.state 2>/dev/null || echo ok)
          owned=
          for file in *.owner; do
            [ "$(cat "$file")" = $node ] && owned="${owned:+$owned,}\"${file%.owner}\""
          done
          if [ $state = gone ]; then printf '{"name":"%s","reachable":false}' $node
          else printf '{"name":"%s","state":"%s","leader":"n1","owned":[%s]}' $node $state "$owned"; fi
        done
        printf ']}\n'
        """;

    private readonly TemporaryFolder _folder = new();

    public HookWorld()
    {
        Script("observe", Observe);
        Script("set", "#!/bin/sh\necho $2 > $1.state");
        File.WriteAllText(Path.Combine(Folder, "127.0.0.101.owner"), "n1\n");
        File.WriteAllText(Path.Combine(Folder, "127.0.0.102.owner"), "n2\n");
    }

    public string Folder => _folder.Path;

    public string FilePath => Path.Combine(Folder, "lab.yaml");

    /// <summary>Of its own, so that tests side by side have ledgers of their own.</summary>
    public string Name { get; } = $"lab-{Guid.NewGuid():N}";

    public string Mode { get; set; } = "faults";

    public string Allow { get; set; } = "[all]";

    public string ObserveHook { get; set; } = "[./observe]";

    /// <summary>The lines below <c>hooks:</c>.</summary>
    public string Hooks { get; set; } = """
          disable:
            do: [./set, "{node}", disabled]
            undo: [./set, "{node}", ok]
        """;

    /// <summary>Further lines of the file.</summary>
    public string More { get; set; } = "";

    public string Text => $"""
        version: 1
        name: {Name}
        netName: WITNESSED
        nodes:
          - {"{"} name: n1, address: 127.0.0.31 {"}"}
          - {"{"} name: n2, address: 127.0.0.32 {"}"}
          - {"{"} name: n3, address: 127.0.0.33 {"}"}
        publicAddresses: [127.0.0.101, 127.0.0.102]
        limits: {"{"} effect: 1s, recovery: 1s, case: 20s {"}"}
        mode: {Mode}
        allow: {Allow}
        observe: {ObserveHook}
        hooks:
        {Hooks}
        {More}
        """;

    public TargetOptions Options => new() { Name = FilePath, RunId = "selftest", Folder = Folder };

    public void Script(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public string? Read(string name) => File.Exists(Path.Combine(Folder, name))
        ? File.ReadAllText(Path.Combine(Folder, name)).Trim()
        : null;

    public Task<HookCluster> UpAsync(HookTerminal? terminal = null)
    {
        File.WriteAllText(FilePath, Text);
        return HookTarget.UpAsync(Options, terminal ?? Nobody, CancellationToken.None);
    }

    public static HookTerminal Nobody => new(false, TextReader.Null, TextWriter.Null);

    public void Dispose() => _folder.Dispose();
}
