using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Protocol.Rpc;

namespace Torture.SelfTests.Captures;

/// <summary>Every PDU of every sample against the table that another dissector made.</summary>
public sealed class SamplePdus
{
    private static readonly ILookup<string, Row> Table = File
        .ReadLines(System.IO.Path.Combine(Samples.Folder, "expected.jsonl"))
        .Select(line => JsonSerializer.Deserialize<Row>(line, JsonSerializerOptions.Web)!)
        .ToLookup(row => row.Capture);

    private static IEnumerable<string> InTable => Table.Select(rows => rows.Key).Order();

    [TestCaseSource(nameof(InTable))]
    public void EveryPduIsFoundWhereTheTableHasIt(string name)
    {
        var (pdus, _) = Read(name, Samples.Password);

        var actual = pdus.Select(p => Describe(
            p.Last.Frame, p.Last.TimeNanoseconds / 1000, p.Flow.Connection, p.FromClient, p.Type, (int)p.Header.Flags,
            p.Header.CallId, p.Header.AuthenticationLength, p.Opnum, p.AuthenticationType, p.AuthenticationLevel,
            Convert.ToHexStringLower(p.Bytes.Span)));
        var expected = Table[name].Select(r => Describe(
            r.Frame, (long)Math.Round(r.Time * 1_000_000), r.Stream, r.Dir == "c2s", Type(r.Ptype), r.Flags, r.Call_Id,
            r.Auth_Len, r.Opnum, (AuthenticationType?)r.Auth_Type, (AuthenticationLevel?)r.Auth_Level, r.Pdu));

        actual.Should().Equal(expected);
    }

    [TestCaseSource(nameof(InTable))]
    public void EveryPlainStubEqualsTheTables(string name)
    {
        var (pdus, _) = Read(name, Samples.Password);
        var compared = 0;

        foreach (var (pdu, row) in pdus.Zip(Table[name]))
        {
            if (row.Stub is not null && row.Ptype != "fault")
            {
                Convert.ToHexStringLower(pdu.Stub!.Value.Span).Should().Be(row.Stub, $"frame {row.Frame}");
                compared++;
            }

            pdu.Defect.Should().BeNull($"frame {row.Frame} is signed with the known password");
        }

        compared.Should().Be(Table[name].Count(r => r.Stub is not null && r.Ptype != "fault")).And.BePositive();
    }

    [TestCaseSource(nameof(InTable))]
    public void EveryCallIsDecoded(string name)
    {
        var (_, trace) = Read(name, Samples.Password);

        trace.Calls.Should().NotBeEmpty();
        foreach (var call in trace.Calls)
        {
            call.Unreadable.Should().BeNull($"{name} frame {call.RequestFrame}");
            (call.Request is not null || call.Interface != SyntaxId.Witness).Should().BeTrue();
            (call.Response is not null || call.Fault is not null || call.ResponseAt is null)
                .Should().BeTrue($"{name} frame {call.ResponseFrame}");
        }
    }

    [TestCase("bind-iflist-seal")]
    [TestCase("bind-iflist-spnego-seal")]
    public void SealedCallsNeedTheKey(string name)
    {
        var (_, closed) = Read(name, null);
        var (_, wrong) = Read(name, "Passw0rd!swm");
        var (_, open) = Read(name, Samples.Password);

        closed.Calls.Last().Unreadable.Should().Be("sealed, and no key is known");
        wrong.Calls.Last().Unreadable.Should().Contain("password");
        var list = open.Calls.Last().Response.Should().BeOfType<Protocol.Witness.GetInterfaceListResponse>().Subject;
        list.Interfaces!.Value.Should().HaveCount(3);
    }

    [Test]
    public void AKeyThatComesLaterOpensWhatWaited()
    {
        var keys = new KeyRing();
        var builder = new TraceBuilder(new TraceOptions { Keys = keys });
        foreach (var packet in CaptureFile.Read(Samples.Path("bind-iflist-seal")))
        {
            builder.Add(packet);
        }

        builder.Snapshot().Calls.Last().Response.Should().BeNull();
        keys.AddPassword("swn", Samples.Password);
        builder.OpenSealed();

        builder.Snapshot().Calls.Last().Response.Should().NotBeNull();
        builder.Snapshot().Calls.Last().Unreadable.Should().BeNull();
    }

    [Test]
    public void CancelledAndOrphanedCallsAreTold()
    {
        var (_, trace) = Read("cancel-orphan", Samples.Password);

        var cancelled = trace.Calls.Should().ContainSingle(c => c.CancelledAt != null).Subject;
        (cancelled.RequestFrame, cancelled.CancelledAt!.Value.Frame, cancelled.ResponseFrame).Should().Be((24, 26, 28));
        cancelled.Fault.Should().Be(RpcFault.nca_s_fault_cancel);
        var orphaned = trace.Calls.Should().ContainSingle(c => c.OrphanedAt != null).Subject;
        (orphaned.RequestFrame, orphaned.OrphanedAt!.Value.Frame, orphaned.ResponseFrame).Should().Be((57, 59, 61));
        trace.Calls.Should().Contain(c => c.AbandonedAt != null && c.RequestFrame == 90);
    }

    [Test]
    public void ATamperedFragmentIsTold()
    {
        var packets = CaptureFile.Read(Samples.Path("bind-iflist-sign")).Select(Tamper).ToList();

        var trace = TraceBuilder.Read(packets, new TraceOptions { Keys = Samples.Keys(Samples.Password) });

        trace.Calls.Last().Defects.Should().ContainSingle().Which.Should().StartWith("frame ");
    }

    /// <summary>One bit of the stub of GetInterfaceList's response.</summary>
    private static CapturedPacket Tamper(CapturedPacket packet)
    {
        if (packet.Data.Length < 1500)
        {
            return packet;
        }

        var data = packet.Data.ToArray();
        data[200] ^= 1;
        return packet with { Data = data };
    }

    private static (List<ObservedPdu> Pdus, WitnessTrace Trace) Read(string name, string? password)
    {
        var pdus = new List<ObservedPdu>();
        var builder = new TraceBuilder(new TraceOptions { Keys = Samples.Keys(password) });
        builder.PduSeen += pdus.Add;
        foreach (var packet in CaptureFile.Read(Samples.Path(name)))
        {
            builder.Add(packet);
        }

        builder.Complete();
        return (pdus, builder.Snapshot());
    }

    private static string Describe(
        long frame, long microseconds, int stream, bool fromClient, PduType type, int flags, uint callId,
        int authLength,
        ushort? opnum, AuthenticationType? authType, AuthenticationLevel? level, string bytes) =>
        $"{frame} {microseconds} {stream} {(fromClient ? "c2s" : "s2c")} {type} {flags} {callId} {authLength} "
        + $"{opnum} {authType} {level} {bytes}";

    private static PduType Type(string name) => name switch
    {
        "bind_ack" => PduType.BindAck,
        "alter_context" => PduType.AlterContext,
        "alter_context_resp" => PduType.AlterContextResponse,
        "co_cancel" => PduType.CoCancel,
        _ => Enum.Parse<PduType>(name, ignoreCase: true),
    };

    internal sealed record Row(
        string Capture, long Frame, double Time, int Stream, string Dir, string Ptype, int Flags, uint Call_Id,
        int Auth_Len, byte? Auth_Type, byte? Auth_Level, ushort? Opnum, string? Stub, string Pdu);
}
