using System.Diagnostics;
using System.Globalization;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Harness.Faults;
using Torture.Protocol.Witness;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.ForeignEyes;

/// <summary>tshark reads in our own captures what we read.</summary>
[Parallelizable]
public sealed class TsharkDissects
{
    private const string Witness = "witness.witness_";

    private static readonly string[] Fields =
    [
        "frame.number", "dcerpc.opnum", "dcerpc.pkt_type", "witness.werror",
        Witness + "interfaceList.num_interfaces", Witness + "interfaceInfo.group_name",
        Witness + "interfaceInfo.version", Witness + "interfaceInfo.state", Witness + "interfaceInfo.ipv4",
        Witness + "interfaceInfo.ipv6", Witness + "interfaceInfo.flags",
        Witness + "Register.version", Witness + "Register.net_name", Witness + "Register.ip_address",
        Witness + "Register.client_computer_name", Witness + "Register.context_handle",
        Witness + "RegisterEx.version", Witness + "RegisterEx.net_name", Witness + "RegisterEx.share_name",
        Witness + "RegisterEx.ip_address", Witness + "RegisterEx.client_computer_name", Witness + "RegisterEx.flags",
        Witness + "RegisterEx.timeout", Witness + "RegisterEx.context_handle",
        Witness + "UnRegister.context_handle", Witness + "AsyncNotify.context_handle",
        Witness + "notifyResponse.type", Witness + "notifyResponse.length", Witness + "notifyResponse.num",
        Witness + "ResourceChange.type", Witness + "ResourceChange.name",
        Witness + "IPaddrInfo.flags", Witness + "IPaddrInfo.ipv4", Witness + "IPaddrInfo.ipv6",
    ];

    [Test, CancelAfter(60_000)]
    public async Task TheSameFieldsAsWe(CancellationToken cancellationToken)
    {
        await using var foreign = await ForeignCluster.UpAsync();
        var packets = await foreign.CaptureAsync(() => TalkAsync(foreign, cancellationToken), cancellationToken);
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "talk.pcapng");
        var frames = Write(file, packets, foreign.Cluster.Capture!.Links[0].Type);

        var theirs = await ReadAsync(file, cancellationToken);

        var calls = TraceBuilder.Read(frames).Calls.Where(call => call.IsWitness).ToList();
        calls.Select(call => call.Opnum).Distinct().Should().BeEquivalentTo((ushort[])[0, 1, 2, 3, 4, 5]);
        foreach (var call in calls.Where(call => call.Opnum != (ushort)WitnessOperation.WitnessrUnRegisterEx))
        {
            var request = theirs[call.RequestFrame];
            var response = theirs[call.ResponseFrame!.Value];
            request.Should().Contain(Expected(call.Request!, call.Opnum), $"request of opnum {call.Opnum}");
            response.Should().Contain(Expected(call.Response!, call.Opnum), $"answer of opnum {call.Opnum}");
        }

        calls.Select(call => call.Response).OfType<AsyncNotifyResult>().Select(told => told.Response?.MessageType)
            .Distinct().Should().BeEquivalentTo(Enum.GetValues<NotificationKind>().Cast<NotificationKind?>());
    }

    /// <summary>Each operation and each notification once, signed.</summary>
    private static async Task TalkAsync(ForeignCluster foreign, CancellationToken cancellationToken)
    {
        var cluster = foreign.Cluster;
        var (address, to) = (cluster.PublicAddresses[1], cluster.Nodes[2]);
        var share = cluster.Shares.First(share => share.Kind == Torture.Harness.Clusters.ShareKind.Failover);
        await using var probe = await WitnessProbe.ConnectAsync(cluster, cluster.Nodes[0], cancellationToken);
        await probe.ListAsync();
        var first = await probe.RegisterAsync(cluster.NetName, address.Address);
        var second = await probe.RegisterExAsync(cluster.NetName, address.Address, share.Name);
        Fault[] faults =
        [
            new MoveClient(probe.Name, to), new MoveShare(share, to),
            new ChangeAddress(probe.Name, address.Address, online: false),
            new ChangeResource(address, InterfaceState.UNAVAILABLE),
        ];
        foreach (var fault in faults)
        {
            var told = probe.NotifyAsync(second.Context);
            await cluster.ApplyAsync(fault, cancellationToken);
            await told.WaitAsync(cancellationToken);
        }

        await probe.UnRegisterAsync(first.Context);
        await probe.UnRegisterExAsync(second.Context);
        foreach (var fault in faults)
        {
            await cluster.HealAsync(fault, cancellationToken);
        }
    }

    private static IReadOnlyList<CapturedPacket> Write(
        string file, IReadOnlyList<CapturedPacket> packets, LinkType link)
    {
        using (var writer = new PcapngWriter(File.Create(file)))
        {
            writer.AddInterface(link, "lo");
            foreach (var packet in packets)
            {
                writer.Write(packet);
            }
        }

        return [.. CaptureFile.Read(file)];
    }

    /// <summary>Field values by frame; a field that occurs several times has commas between.</summary>
    private static async Task<Dictionary<long, Dictionary<string, string>>> ReadAsync(
        string file, CancellationToken cancellationToken)
    {
        string[] arguments = ["-r", file, "-Y", "witness || dcerpc.pkt_type == 2", "-T", "fields",
            .. Fields.SelectMany(field => (string[])["-e", field])];
        Process tshark;
        try
        {
            tshark = Process.Start(new ProcessStartInfo("tshark", arguments)
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Assert.Ignore($"no tshark ({missing.Message}): sudo apt-get install tshark");
            throw;
        }

        using (tshark)
        {
            var complaints = tshark.StandardError.ReadToEndAsync(cancellationToken);
            var output = await tshark.StandardOutput.ReadToEndAsync(cancellationToken);
            await tshark.WaitForExitAsync(cancellationToken);
            tshark.ExitCode.Should().Be(0, await complaints);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t'))
                .ToDictionary(
                    line => long.Parse(line[0], CultureInfo.InvariantCulture),
                    line => Fields.Zip(line).ToDictionary(pair => pair.First, pair => pair.Second));
        }
    }

    /// <summary>Our values, as tshark writes them.</summary>
    private static Dictionary<string, string> Expected(object message, ushort opnum) => message switch
    {
        GetInterfaceListRequest => new() { ["dcerpc.opnum"] = "0" },
        GetInterfaceListResponse list => Of(list),
        RegisterRequest register => new()
        {
            [Witness + "Register.version"] = $"{register.Version}",
            [Witness + "Register.net_name"] = register.NetName!,
            [Witness + "Register.ip_address"] = register.IpAddress!,
            [Witness + "Register.client_computer_name"] = register.ClientComputerName!,
        },
        RegisterExRequest register => new()
        {
            [Witness + "RegisterEx.version"] = $"{register.Version}",
            [Witness + "RegisterEx.net_name"] = register.NetName!,
            [Witness + "RegisterEx.share_name"] = register.ShareName!,
            [Witness + "RegisterEx.ip_address"] = register.IpAddress!,
            [Witness + "RegisterEx.client_computer_name"] = register.ClientComputerName!,
            [Witness + "RegisterEx.flags"] = Hex((uint)register.Flags),
            [Witness + "RegisterEx.timeout"] = $"{register.KeepAliveTimeout}",
        },
        HandleRequest handle => new() { [HandleField(opnum)] = Hex(handle.Context) },
        HandleResponse handle => new()
        {
            [HandleField(opnum)] = Hex(handle.Context), ["witness.werror"] = Hex((uint)handle.Status),
        },
        StatusResponse status => new() { ["witness.werror"] = Hex((uint)status.Status) },
        AsyncNotifyResult result => Of(result),
        _ => throw new ArgumentException(message.ToString()),
    };

    private static Dictionary<string, string> Of(GetInterfaceListResponse list)
    {
        var entries = list.Interfaces!.Value;
        return new()
        {
            [Witness + "interfaceList.num_interfaces"] = $"{entries.Length}",
            [Witness + "interfaceInfo.group_name"] = Join(entries.Select(entry => entry.GroupName)),
            [Witness + "interfaceInfo.version"] = Join(entries.Select(entry => $"{entry.Version}")),
            [Witness + "interfaceInfo.state"] = Join(entries.Select(entry => $"{(uint)entry.State}")),
            [Witness + "interfaceInfo.ipv4"] = Join(entries.Select(entry => $"{entry.IPv4}")),
            [Witness + "interfaceInfo.ipv6"] = Join(entries.Select(entry => $"{entry.IPv6}")),
            [Witness + "interfaceInfo.flags"] = Join(entries.Select(entry => Hex((uint)entry.Flags))),
            ["witness.werror"] = Hex((uint)list.Status),
        };
    }

    private static Dictionary<string, string> Of(AsyncNotifyResult result)
    {
        var response = result.Response!;
        var fields = new Dictionary<string, string>
        {
            [Witness + "notifyResponse.type"] = $"{(uint)response.MessageType}",
            [Witness + "notifyResponse.length"] = $"{response.Length}",
            [Witness + "notifyResponse.num"] = $"{response.NumberOfMessages}",
            ["witness.werror"] = Hex((uint)result.Status),
        };
        if (response.NumberOfMessages > 1)
        {
            // tshark reads the first of several only.
            return fields;
        }

        if (response.MessageType == NotificationKind.RESOURCE_CHANGE_NOTIFICATION)
        {
            var change = WitnessBlobs.ReadResourceChanges(response)[0];
            fields[Witness + "ResourceChange.type"] = $"{(uint)change.ChangeType}";
            fields[Witness + "ResourceChange.name"] = change.ResourceName;
            return fields;
        }

        var addresses = WitnessBlobs.ReadAddressLists(response)[0];
        fields[Witness + "IPaddrInfo.flags"] = Join(addresses.Select(entry => Hex((uint)entry.Flags)));
        fields[Witness + "IPaddrInfo.ipv4"] = Join(addresses.Select(entry => $"{entry.IPv4}"));
        fields[Witness + "IPaddrInfo.ipv6"] = Join(addresses.Select(entry => $"{entry.IPv6}"));
        return fields;
    }

    private static string HandleField(ushort opnum) => Witness + (WitnessOperation)opnum switch
    {
        WitnessOperation.WitnessrRegister => "Register.context_handle",
        WitnessOperation.WitnessrUnRegister => "UnRegister.context_handle",
        WitnessOperation.WitnessrAsyncNotify => "AsyncNotify.context_handle",
        _ => "RegisterEx.context_handle",
    };

    private static string Join(IEnumerable<string> values) => string.Join(',', values);

    private static string Hex(uint value) => $"0x{value:x8}";

    private static string Hex(ContextHandle handle) => Convert.ToHexStringLower(
        WitnessCodec.Encode(new HandleRequest(handle), Torture.Protocol.Ndr.NdrSyntax.Ndr20));
}
