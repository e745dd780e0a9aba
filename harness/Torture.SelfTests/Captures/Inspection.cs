using System.Net;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Cli.Inspect;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.SelfTests.Captures;

public sealed class Inspection
{
    /// <summary>What Samba was forced to answer breaks a sentence; what it answers by itself breaks none.</summary>
    private static readonly Dictionary<string, string[]> Violations = new()
    {
        ["force-response-ip-change-2lists"] = ["SWN-R110"],
    };

    [TestCaseSource(typeof(Samples), nameof(Samples.Names))]
    public void SamplesViolateWhatTheyWereForcedTo(string name)
    {
        var output = new StringWriter();

        var code = InspectCommand.Run(Samples.Path(name), null, new InspectOptions(Latency: true), output);

        var expected = Violations.GetValueOrDefault(name, []);
        NotificationAudit.Check(Read(name)).Select(f => f.Requirement).Should().Equal(expected, output.ToString());
        code.Should().Be(expected.Length == 0 ? 0 : 1);
    }

    [Test]
    public void LinesNameCallNotificationAndEvidence()
    {
        var output = new StringWriter();

        InspectCommand.Run(Samples.Path("failover-kill-0"), null, new InspectOptions(Latency: true), output);

        var lines = output.ToString();
        lines.Should().Contain("72   t+3.355  172.31.99.202:49152 -> 172.31.99.50:52934   "
            + "witness  AsyncNotify response  ERROR_SUCCESS  RESOURCE_CHANGE ");
        lines.Should().Contain("link  GratuitousArp 172.31.99.201  taken from 02:42:ac:1f:63:0d");
        lines.Should().Contain("tcp  Tickle").And.Contain("T3 tickled");
        lines.Should().EndWith("4 witness calls, 0 violations\n");
    }

    [Test]
    public void TamperedNotificationsNameTheirRequirement()
    {
        var tampered = Tamper("registerex-asyncnotify-client-move-ip", "AsyncNotify", stub => stub[28] ^= 1);

        var findings = NotificationAudit.Check(TraceBuilder.Read(tampered));

        findings.Should().Contain(f => f.Requirement == "SWN-R033" && f.Field == "IPADDR_INFO_LIST[0].Reserved");
    }

    [Test]
    public void ATimeoutThatComesTooEarlyIsNamed()
    {
        var handle = new ContextHandle(0, new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        var registered = Call(
            WitnessOperation.WitnessrRegisterEx,
            new RegisterExRequest(WitnessVersion.V2, "N", null, "10.0.0.1", "C", 0, 2),
            new HandleResponse(handle, Win32Error.ERROR_SUCCESS), after: 0);
        var timeout = new AsyncNotifyResult(null, Win32Error.ERROR_TIMEOUT);
        var audit = new NotificationAudit();
        audit.Add(registered).Should().BeEmpty();

        audit.Add(Call(WitnessOperation.WitnessrAsyncNotify, new HandleRequest(handle), timeout, after: 2.01))
            .Should().BeEmpty();
        audit.Add(Call(WitnessOperation.WitnessrAsyncNotify, new HandleRequest(handle), timeout, after: 1.5))
            .Should().ContainSingle().Which.ToString().Should()
            .Be("frame 2 SWN-R146 ERROR_TIMEOUT: expected after 2.000 s or later, actual after 1.500 s");
    }

    private static ObservedCall Call(WitnessOperation operation, object request, object response, double after) => new()
    {
        Index = 0,
        Flow = new FlowId(0, new(IPAddress.Loopback, 1), new(IPAddress.Loopback, 2)),
        CallId = 1,
        Interface = SyntaxId.Witness,
        Opnum = (ushort)operation,
        RequestAt = new FrameStamp(1, 0),
        ResponseAt = new FrameStamp(2, (long)(after * 1e9)),
        Request = request,
        Response = response,
    };

    [TestCaseSource(typeof(Samples), nameof(Samples.Names))]
    public void EveryRowIsJson(string name)
    {
        var output = new StringWriter();

        InspectCommand.Run(Samples.Path(name), null, json: true, output);

        var rows = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        rows.Where(r => r.GetProperty("kind").GetString() == "call").Should().HaveCount(Read(name).Calls.Length);
        rows.Should().OnlyContain(r => r.GetProperty("frame").GetInt64() > 0);
    }

    [Test]
    public void FilesThatCannotBeReadAreOneLine()
    {
        var output = new StringWriter();

        InspectCommand.Run("/nowhere.pcap", null, json: false, output).Should().Be(3);
        InspectCommand.Run(Samples.Path("bind-iflist-seal"), Samples.Path("bind-iflist-seal"), json: false, output)
            .Should().Be(3);

        output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(2)
            .And.OnlyContain(line => line.StartsWith("torture inspect: ", StringComparison.Ordinal));
    }

    /// <summary>Changes the stub of the last answered call of that name in its frame.</summary>
    private static IEnumerable<CapturedPacket> Tamper(string name, string operation, Action<byte[]> change)
    {
        var call = Read(name).Calls.First(c =>
            TraceText.Operation(c) == operation && c.ResponseStub.Length > 30);
        foreach (var packet in CaptureFile.Read(Samples.Path(name)))
        {
            if (packet.Number != call.ResponseFrame)
            {
                yield return packet;
                continue;
            }

            var stub = call.ResponseStub.ToArray();
            var data = packet.Data.ToArray();
            var at = data.AsSpan().IndexOf(stub);
            change(stub);
            stub.CopyTo(data, at);
            yield return packet with { Data = data };
        }
    }

    private static WitnessTrace Read(string name) => TraceBuilder.Read(
        CaptureFile.Read(Samples.Path(name)), new TraceOptions { Keys = Samples.Keys(Samples.Password) });
}
