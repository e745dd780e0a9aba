using Torture.Protocol.Management;
using Torture.Protocol.Ndr;

namespace Torture.Suites.Rpc.Protocol;

/// <summary>The common header and the framing ([C706] 12.6.3.1, 14.1).</summary>
public sealed class Headers : Suite
{
    [TestCase(5, 1, TestName = "{m}_5.1")]
    [TestCase(4, 0, TestName = "{m}_4.0")]
    [TestCase(6, 0, TestName = "{m}_6.0")]
    [Verifies(Rpce.VersionFive, House.StaysUp)]
    public async Task OtherVersionIsRefused(int major, int minor)
    {
        await using var wire = await OpenAsync();

        var nak = await wire.AskAsync<BindNakPdu>(
            Wire.Bind() with { MajorVersion = (byte)major, MinorVersion = (byte)minor });

        Check.That(Rpce.VersionFive, nak?.Reason, BindRejectReason.ProtocolVersionNotSupported);
        Check.That(Rpce.VersionFive, await wire.EndsAsync(), true);
        await StaysUpAsync();
    }

    [Test, Verifies(Rpce.DataRepresentationHonoured)]
    public async Task BigEndian()
    {
        await using var wire = await OpenAsync();
        var big = DataRepresentation.BigEndian;
        await wire.BoundAsync(Wire.Bind() with { Representation = big });
        var stub = ManagementCodec.Encode(new InqPrincNameRequest(77, 64), NdrSyntax.Ndr20BigEndian);

        var answer = await wire.AskAsync<ResponsePdu>(
            Wire.PrincipalName(0x01020304) with { Representation = big, Stub = stub });

        var name = answer is null
            ? null
            : ManagementCodec.DecodeInqPrincNameResponse(
                answer.Stub.Span, new NdrSyntax(false, answer.Representation.IsBigEndian));
        Check.That(Rpce.DataRepresentationHonoured, answer?.CallId, 0x01020304u);
        Check.That(Rpce.DataRepresentationHonoured, name?.Status, 0x6D3u);
    }

    [Test, Verifies(Rpce.DataRepresentationHonoured, Swn.InterfaceListLayout)]
    public async Task BigEndianInterfaceList()
    {
        await using var wire = await OpenAsync();
        var security = await wire.BoundAsync(wire.Ntlm(AuthenticationLevel.Integrity, Random));

        var answer = await wire.AskAsync<ResponsePdu>(
            Wire.Call(3, 0, default) with { Representation = DataRepresentation.BigEndian }, security);

        var list = ListIn(answer);
        Check.That(Rpce.DataRepresentationHonoured, list?.Status, ERROR_SUCCESS);
        Check.That(Swn.InterfaceListLayout, list?.Interfaces?.Length, Cluster.PublicAddresses.Count);
    }

    /// <summary>The list in the byte order that the answer announces; null where that cannot be read.</summary>
    private static GetInterfaceListResponse? ListIn(ResponsePdu? answer)
    {
        try
        {
            return answer is null
                ? null
                : WitnessCodec.DecodeGetInterfaceListResponse(
                    answer.Stub.Span, new NdrSyntax(false, answer.Representation.IsBigEndian));
        }
        catch (NdrException)
        {
            return null;
        }
    }

    [TestCase(0, TestName = "{m}_0")]
    [TestCase(15, TestName = "{m}_15")]
    [TestCase(17, TestName = "{m}_17")]
    [Verifies(Rpce.FragmentLengthTooShort, House.StaysUp)]
    public async Task FragmentLengthTooShort(int length)
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();
        var bytes = PduWriter.Write(Wire.Probe(2));
        (bytes[8], bytes[9]) = ((byte)length, 0);

        await wire.SendAsync(bytes);

        var answer = await wire.ReceiveAsync();
        Check.Holds(
            Rpce.FragmentLengthTooShort, answer is null or FaultPdu { Status: RpcFault.nca_proto_error },
            "a protocol error or the end of the connection", $"{answer}");
        await StaysUpAsync();
    }

    [Test, Verifies(Rpce.AuthLengthTooLong, House.StaysUp)]
    public async Task AuthLengthTooLong()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();
        var bytes = PduWriter.Write(Wire.PrincipalName(2));
        (bytes[10], bytes[11]) = (0xFF, 0x00);

        await wire.SendAsync(bytes);

        var answer = await wire.ReceiveAsync();
        Check.Holds(
            Rpce.AuthLengthTooLong, answer is null or FaultPdu { Status: RpcFault.nca_proto_error },
            "a protocol error or the end of the connection", $"{answer}");
        await StaysUpAsync();
    }

    [Test, Verifies(Rpce.UnexpectedPduType, House.StaysUp)]
    public async Task TypesThatAServerNeverGets()
    {
        foreach (var type in new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 17, 20, 99, 255 })
        {
            await using var wire = await OpenAsync();
            await wire.BoundAsync();

            var fault = await wire.AskAsync<FaultPdu>(new UnknownPdu(2, (PduType)type, new byte[16]));

            Check.Holds(
                Rpce.UnexpectedPduType, fault?.Status == RpcFault.nca_proto_error && await wire.EndsAsync(),
                $"type {type}: nca_proto_error and the end of the connection", $"{fault?.Status}");
        }

        await StaysUpAsync();
    }

    [Test, Verifies(Rpce.ReservedFlagIgnored, Rpce.MaybeStillAnswered)]
    public async Task ReservedAndMaybeFlags()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var reserved = await wire.AskAsync<ResponsePdu>(
            Wire.Probe(2) with { Flags = PduFlags.Whole | PduFlags.Reserved });
        var maybe = await wire.AskAsync<ResponsePdu>(Wire.Probe(3) with { Flags = PduFlags.Whole | PduFlags.Maybe });

        Check.That(Rpce.ReservedFlagIgnored, reserved?.Flags, PduFlags.Whole);
        Check.That(Rpce.MaybeStillAnswered, maybe?.CallId, 3u);
    }

    [Test, Verifies(Rpce.SplitAnywhere)]
    public async Task OneByteAtATime()
    {
        await using var wire = await OpenAsync();

        foreach (var octet in PduWriter.Write(Wire.Bind()))
        {
            await wire.SendAsync(new[] { octet });
        }

        var ack = await wire.NextAsync();
        Check.That(Rpce.SplitAnywhere, ack?.Type, PduType.BindAck);
    }

    [Test, Verifies(Rpce.SplitAnywhere, Rpce.CallIdEchoed, Rpce.FragmentLengthCoversPdu)]
    public async Task ManyRequestsInOneWrite()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();
        uint[] ids = [2, 3, 70_000, 0x7FFF_FFFF];

        await wire.SendAsync(ids.SelectMany(id => PduWriter.Write(Wire.Probe(id))).ToArray());

        var answers = new List<Pdu>();
        while (answers.Count < ids.Length && await wire.NextAsync() is { } answer)
        {
            answers.Add(answer);
        }

        Check.That(Rpce.SplitAnywhere, answers.OfType<ResponsePdu>().Count(), ids.Length);
        Check.That(
            Rpce.CallIdEchoed, answers.Select(answer => answer.CallId).Intersect(ids).Count(),
            Math.Max(1, answers.Count));
        Check.That(
            Rpce.FragmentLengthCoversPdu, answers.OfType<ResponsePdu>().Count(answer => answer.Stub.Length == 8),
            ids.Length);
    }

    private async Task StaysUpAsync()
    {
        await using var another = await OpenAsync();
        Check.That(House.StaysUp, await another.BindsAndServesAsync(), true);
    }

    private async Task<Wire> OpenAsync()
    {
        var endpoint = await MapWitnessAsync(Cluster.Nodes[0].Address);
        return new Wire(await OpenAsync(endpoint), Cluster, Time, Deadline);
    }
}
