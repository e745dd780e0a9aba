using System.Diagnostics;
using System.Net;
using System.Text;
using NUnit.Framework;
using Torture.Cli.Setup;
using Torture.Node.Sockets;
using Torture.Protocol.Ctdb;

namespace Torture.SelfTests.Ctdbd;

/// <summary>
/// Real daemons of the distribution, in a network and a process namespace of their own, so that neither their ports
/// nor their processes meet others: when the shell that holds them ends, all end.
/// </summary>
internal sealed class RealCtdb : IAsyncDisposable
{
    private const string Daemon = "usr/sbin/ctdbd";

    /// <summary>Reads verbs; at the end of its input it ends, and with it everything in its namespaces.</summary>
    private const string Shell = """
        root=$1 base=$2
        mount -t proc proc "$root/proc" && chroot "$root" ip link set lo up || exit 1
        while read -r verb node; do
          case $verb in
            start)
              chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin CTDB_TEST_MODE=yes CTDB_BASE="$base/$node" \
                /usr/sbin/ctdbd -i </dev/null >>"$root$base/$node/log" 2>&1 & ;;
            kill)
              # With all that it started: the holder of the cluster lock would keep it, and nobody lead.
              for process in "$root"/proc/[0-9]*; do
                if grep -qsz "^CTDB_BASE=$base/$node\$" "$process/environ"; then
                  kill -KILL "${process##*/}"
                fi
              done ;;
          esac
          echo done
        done
        """;

    private static readonly string Root = Prerequisites.ForeignRoot;

    private readonly Process _shell;
    private readonly string _base;
    private readonly SemaphoreSlim _one = new(1);

    private RealCtdb(int nodes, IReadOnlyList<IPAddress> addresses)
    {
        Nodes = [.. Enumerable.Range(1, nodes).Select(i => $"n{i}")];
        Addresses = addresses;
        _base = $"/tmp/ctdb-{Environment.ProcessId}-{Path.GetRandomFileName()[..4]}";
        foreach (var (index, node) in Nodes.Index())
        {
            Configure(node, index);
        }

        _shell = Process.Start(new ProcessStartInfo(
            "unshare",
            ["--net", "--pid", "--mount", "--fork", "--kill-child", "sh", "-c", Shell, "sh", Root, _base])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public IReadOnlyList<string> Nodes { get; }

    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>Of all nodes, with the place of the node's name.</summary>
    public string Socket => $"{Root}{_base}/{{node}}/run/ctdbd.socket";

    public static bool IsThere => File.Exists(Path.Combine(Root, Daemon));

    public static void Require()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("ctdbd needs root on Linux: run the self-tests as root");
        }

        if (!IsThere)
        {
            Assert.Ignore($"no ctdbd in {Root}: make it with "
                + "`dotnet run --project harness/Torture.Cli -- setup --foreign`");
        }
    }

    /// <summary>Starts the daemons; they are ready when <see cref="UntilReadyAsync"/> says so.</summary>
    public static async Task<RealCtdb> StartAsync(int nodes, IReadOnlyList<IPAddress> addresses)
    {
        var ctdb = new RealCtdb(nodes, addresses);
        foreach (var node in ctdb.Nodes)
        {
            await ctdb.DoAsync("start", node);
        }

        return ctdb;
    }

    public static IPAddress PrivateOf(int index) => IPAddress.Parse($"127.0.0.{index + 1}");

    /// <summary>start, or kill (SIGKILL) the daemon of the node.</summary>
    public async Task DoAsync(string verb, string node)
    {
        await _one.WaitAsync();
        try
        {
            await _shell.StandardInput.WriteLineAsync($"{verb} {node}");
            await _shell.StandardInput.FlushAsync();
            if (await _shell.StandardOutput.ReadLineAsync() != "done")
            {
                throw new InvalidOperationException("the shell that holds the daemons has ended");
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>A client of a node's daemon, as soon as that listens.</summary>
    public async Task<CtdbClient> ConnectAsync(
        string node, CancellationToken cancellationToken, Action<CtdbMessage>? heard = null)
    {
        var path = Socket.Replace("{node}", node, StringComparison.Ordinal);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                var stream = await new UnixConnector().ConnectAsync(path, cancellationToken);
                return new CtdbClient(
                    stream, new CtdbClientOptions(TimeProvider.System) { Heard = heard ?? (_ => { }) });
            }
            catch (IOException)
            {
                await ticks.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    /// <summary>
    /// Every daemon runs, no flag is set, every address has an owner: looked at whenever the leader says that it is
    /// there, which is each second.
    /// </summary>
    public async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        using var heard = new SemaphoreSlim(1);
        await using var client = await ConnectAsync(Nodes[^1], cancellationToken, _ => heard.Release());
        await client.RegisterAsync(CtdbSrvid.LEADER, cancellationToken);
        await client.RegisterAsync(CtdbSrvid.IPREALLOCATED, cancellationToken);
        do
        {
            await heard.WaitAsync(cancellationToken);
        }
        while (!await IsReadyAsync(client, cancellationToken));
    }

    public async Task<string> LogsAsync()
    {
        var said = new StringBuilder();
        foreach (var node in Nodes)
        {
            var lines = await File.ReadAllLinesAsync($"{Root}{_base}/{node}/log");
            said.AppendLine($"-- {node}").AppendJoin('\n', lines.TakeLast(25)).AppendLine();
        }

        return said.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
        Directory.Delete(Root + _base, recursive: true);
    }

    private async Task<bool> IsReadyAsync(CtdbClient client, CancellationToken cancellationToken)
    {
        try
        {
            var map = await client.GetNodeMapAsync(cancellationToken);
            var states = await Task.WhenAll(
                map.Select(node => client.GetRunStateAsync(cancellationToken, node.Number)));
            var owned = await client.GetPublicAddressesAsync(cancellationToken);
            return map.All(node => node.Flags == CtdbNodeFlags.None)
                && states.All(state => state == CtdbRunState.RUNNING)
                && owned.All(address => address.Owner != CtdbNodeNumber.Unknown)
                && owned.Select(address => address.Owner).Distinct().Count() == Nodes.Count;
        }
        catch (CtdbRefusedException)
        {
            return false;
        }
    }

    private void Configure(string node, int index)
    {
        var folder = $"{Root}{_base}/{node}";
        foreach (var part in new[] { "run", "volatile", "persistent", "state", "events/legacy" })
        {
            Directory.CreateDirectory($"{folder}/{part}");
        }

        File.WriteAllText($"{folder}/ctdb.conf", $"""
            [cluster]
              cluster lock = {_base}/lock
              node address = {PrivateOf(index)}
            [database]
              volatile database directory = {_base}/{node}/volatile
              persistent database directory = {_base}/{node}/persistent
              state database directory = {_base}/{node}/state
            [legacy]
              realtime scheduling = false

            """);
        File.WriteAllLines($"{folder}/nodes", Nodes.Index().Select(entry => $"{PrivateOf(entry.Index)}"));
        File.WriteAllLines($"{folder}/public_addresses", Addresses.Select(address => $"{address}/24 lo"));
        Executable($"{folder}/events/legacy/00.test.script");
        Executable($"{folder}/notify.sh");
    }

    private static void Executable(string path)
    {
        File.WriteAllText(path, "#!/bin/sh\nexit 0\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
