using System.Diagnostics;
using System.Globalization;
using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Faults;
using Torture.Protocol;
using Torture.Protocol.Witness;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.ForeignEyes;

/// <summary>Samba's rpcclient sees of a node what our own client sees.</summary>
[Parallelizable]
public sealed class SambaRpcClient
{
    private ForeignCluster _foreign = null!;

    [OneTimeSetUp]
    public async Task UpAsync() => _foreign = await ForeignCluster.UpAsync();

    [OneTimeTearDown]
    public async Task DownAsync() => await _foreign.DisposeAsync();

    [Test, CancelAfter(60_000)]
    public async Task ListsTheSameInterfaces(CancellationToken cancellationToken)
    {
        foreach (var (node, index) in _foreign.Cluster.Nodes.Select((node, index) => (node, index)))
        {
            await using var probe = await WitnessProbe.ConnectAsync(_foreign.Cluster, node, cancellationToken);
            var list = await probe.ListAsync();

            var (exitCode, output) = await _foreign.Root.RunAsync(
                cancellationToken, "rpcclient", _foreign.Binding(index, "sign"), "-c", "GetInterfaceList");

            exitCode.Should().Be(0, output);
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Should().Equal(list.Interfaces!.Value.Select(Line), $"{node} tells both the same");
        }
    }

    [TestCase("Register -1"), TestCase("RegisterEx -2 -t 60 -f 1"), CancelAfter(60_000)]
    public async Task RegistersHearsAndUnregisters(string register, CancellationToken cancellationToken)
    {
        var cluster = _foreign.Cluster;
        var (address, owner) = (cluster.PublicAddresses[1], cluster.Nodes[1]);
        using var session = Start();
        var name = $"rpcclient{session.Id}";
        var handle = await SayAsync(
            session, $"{register} -n {cluster.NetName} -i {address} -c {name}", cancellationToken);
        handle.Should().MatchRegex("^0:[0-9a-f-]{36}$");
        var seen = await cluster.ObserveAsync(cancellationToken);
        seen.Of(cluster.Nodes[0]).Registrations.Should().Contain(r => r.ClientName == name && handle == "0:" + r.Id);

        await cluster.ApplyAsync(new MoveClient(name, cluster.Nodes[2]), cancellationToken);
        (await SayAsync(session, $"AsyncNotify {handle}", cancellationToken))
            .Should().Be("Client move with 1 messages");
        var destination = cluster.PublicAddresses.First(p => seen.OwnerOf(p) == cluster.Nodes[2]);
        (await ReadAsync(session, cancellationToken)).Should().StartWith($"Flags 0x00000009 {destination} ");

        await cluster.ApplyAsync(new ChangeResource(address, InterfaceState.UNAVAILABLE), cancellationToken);
        await cluster.HealAsync(new ChangeResource(address, InterfaceState.UNAVAILABLE), cancellationToken);
        (await UntilAsync(session, $"AsyncNotify {handle}", "Resource change", cancellationToken))
            .Should().StartWith("Resource change with ");
        (await ReadAsync(session, cancellationToken)).Should().Be($"{owner} -> Unavailable");

        await session.StandardInput.WriteLineAsync($"UnRegister {handle}\nUnRegister {handle}");
        session.StandardInput.Close();
        var rest = await session.StandardOutput.ReadToEndAsync(cancellationToken);
        rest.TrimEnd().Should().EndWith("result was WERR_INVALID_PARAMETER", "it was unregistered before");
    }

    /// <summary>As rpcclient prints an entry: usable, state, name, addresses, version.</summary>
    private static string Line(WitnessInterface entry)
    {
        var usable = entry.Flags.HasFlag(InterfaceFlags.INTERFACE_WITNESS) ? '*' : ' ';
        var state = entry.State == InterfaceState.AVAILABLE ? '+' : '-';
        var v4 = entry.Flags.HasFlag(InterfaceFlags.IPv4) ? $" {entry.IPv4}" : "";
        var v6 = entry.Flags.HasFlag(InterfaceFlags.IPv6) ? $" {InFull(entry.IPv6)}" : "";
        var version = entry.Version switch { WitnessVersion.V1 => "V1", WitnessVersion.V2 => "V2", _ => "?" };
        return string.Create(CultureInfo.InvariantCulture, $"{usable}{state} {entry.GroupName}{v4}{v6} {version}");
    }

    private static string InFull(IPAddress address) => string.Join(
        ':', Convert.ToHexStringLower(address.GetAddressBytes()).Chunk(4).Select(group => new string(group)));

    private Process Start() => _foreign.Root.Start("rpcclient", _foreign.Binding(0, "sign"));

    private static async Task<string> SayAsync(Process session, string command, CancellationToken cancellationToken)
    {
        await session.StandardInput.WriteLineAsync(command.AsMemory(), cancellationToken);
        return await ReadAsync(session, cancellationToken);
    }

    private static async Task<string> UntilAsync(
        Process session, string command, string beginning, CancellationToken cancellationToken)
    {
        var line = await SayAsync(session, command, cancellationToken);
        while (!line.StartsWith(beginning, StringComparison.Ordinal))
        {
            line = await ReadAsync(session, cancellationToken);
        }

        return line;
    }

    private static async Task<string> ReadAsync(Process session, CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = await session.StandardOutput.ReadLineAsync(cancellationToken)
                ?? throw new EndOfStreamException(await session.StandardError.ReadToEndAsync(cancellationToken));
            if (line.Length > 0)
            {
                return line;
            }
        }
    }
}
