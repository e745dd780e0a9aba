using System.Net.Sockets;
using Torture.Protocol.Ndr;

namespace Torture.Suites.Rpc.Witness;

/// <summary>WitnessrRegister ([MS-SWN] 3.1.4.2).</summary>
public sealed class Register : Suite
{
    private static IEnumerable<TestCaseData> OtherVersions => Spellings.VersionsOtherThan(WitnessVersion.V1);

    [Test, Verifies(Swn.RegisterReturnsHandle, Swn.RegisterCreatesRegistration, Swn.RegisterMethod)]
    public async Task ReturnsAHandle()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterAsync(Request);

        Check.That(Swn.RegisterReturnsHandle, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.RegisterReturnsHandle, reply, r => r.Handle.IsNull, false);
        var unregistered = await witness.UnRegisterAsync(reply.Handle);
        Check.That(Swn.RegisterCreatesRegistration, unregistered, r => r.Status, ERROR_SUCCESS);
        var raw = await witness.CallAsync(1, WitnessCodec.Encode(Request, NdrSyntax.Ndr20));
        Check.That(Swn.RegisterMethod, raw, r => r.Stub.Length, 24);
    }

    [Test, Verifies(Swn.RegisterCreatesRegistration)]
    public async Task SameParametersTwiceAreTwoRegistrations()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var first = await witness.RegisterAsync(Request);
        var second = await witness.RegisterAsync(Request);

        Check.That(Swn.RegisterCreatesRegistration, second, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.RegisterCreatesRegistration, first.Handle == second.Handle, false);
        var unregistered = await witness.UnRegisterAsync(first.Handle);
        Check.That(Swn.RegisterCreatesRegistration, unregistered, r => r.Status, ERROR_SUCCESS);
        unregistered = await witness.UnRegisterAsync(second.Handle);
        Check.That(Swn.RegisterCreatesRegistration, unregistered, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.RegisterCreatesRegistration)]
    public async Task HandlesAreFresh()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var handles = new HashSet<ContextHandle>();

        for (var count = 0; count < 50; count++)
        {
            var reply = await witness.RegisterAsync(Request);
            Check.That(Swn.RegisterCreatesRegistration, handles.Add(reply.Handle), true);
            await witness.UnRegisterAsync(reply.Handle);
        }
    }

    [TestCaseSource(nameof(OtherVersions)), Verifies(Swn.RegisterRevisionMismatch, Swn.NullHandleOnFailure)]
    public async Task OtherVersionIsARevisionMismatch(uint version) =>
        await IsRefusedAsync(
            Swn.RegisterRevisionMismatch, Request with { Version = version }, ERROR_REVISION_MISMATCH);

    [TestCaseSource(typeof(Spellings), nameof(Spellings.NullParameters))]
    [Verifies(Swn.RegisterNullParameter, Swn.NullHandleOnFailure)]
    public async Task NullParameter(bool netName, bool ipAddress, bool client) =>
        await IsRefusedAsync(
            Swn.RegisterNullParameter,
            Request with
            {
                NetName = netName ? null : Request.NetName,
                IpAddress = ipAddress ? null : Request.IpAddress,
                ClientComputerName = client ? null : Request.ClientComputerName,
            },
            ERROR_INVALID_PARAMETER);

    [TestCaseSource(typeof(Spellings), nameof(Spellings.UnknownNetNames))]
    [Verifies(Swn.RegisterUnknownNetName, Swn.NullHandleOnFailure)]
    public async Task UnknownNetName(string netName) =>
        await IsRefusedAsync(
            Swn.RegisterUnknownNetName, Request with { NetName = netName }, ERROR_INVALID_PARAMETER);

    [TestCase("x", "", TestName = "NetNameWithPrefix")]
    [TestCase("", "x", TestName = "NetNameWithSuffix")]
    [TestCase(@"\\", "", TestName = "NetNameWithBackslashes")]
    [TestCase("", "\0x", TestName = "NetNameWithEmbeddedNull")]
    [Verifies(Swn.RegisterUnknownNetName)]
    public async Task AlmostTheNetName(string before, string after) =>
        await IsRefusedAsync(
            Swn.RegisterUnknownNetName,
            Request with { NetName = before + Cluster.NetName + after }, ERROR_INVALID_PARAMETER);

    [Test, Verifies(Swn.RegisterUnknownNetName)]
    public async Task AddressIsNoNetName() =>
        await IsRefusedAsync(
            Swn.RegisterUnknownNetName, Request with { NetName = Request.IpAddress }, ERROR_INVALID_PARAMETER);

    [TestCaseSource(typeof(Spellings), nameof(Spellings.LetterCases)), Verifies(Swn.NetNameSpellings)]
    public async Task NetNameInAnyLetterCase(string way)
    {
        foreach (var name in Cluster.Aliases.Prepend(Cluster.NetName))
        {
            await IsAcceptedAsync(
                Swn.NetNameSpellings, Request with { NetName = Spellings.InOtherCase(name, way) });
        }
    }

    [Test, Verifies(Swn.NetNameSpellings)]
    public async Task NetNameByAnyAlias()
    {
        foreach (var alias in Cluster.Aliases.Prepend(Cluster.NetName))
        {
            await IsAcceptedAsync(Swn.NetNameSpellings, Request with { NetName = alias });
        }
    }

    [TestCase("255.255.255.255", TestName = "BroadcastAddress")]
    [TestCase("0.0.0.0", TestName = "AnyAddress")]
    [TestCase("192.0.2.250", TestName = "ForeignAddress")]
    [TestCase("::1", TestName = "Ipv6LoopbackAddress")]
    [TestCase("2001:db8::250", TestName = "ForeignIpv6Address")]
    [TestCase("", TestName = "EmptyAddress")]
    [TestCase("localhost", TestName = "HostNameAsAddress")]
    [TestCase("not an address", TestName = "TextAsAddress")]
    [TestCase("192.0.2", TestName = "ShortAddress")]
    [TestCase("192.0.2.256", TestName = "AddressOutOfRange")]
    [Verifies(Swn.RegisterAddressNotInList, Swn.NullHandleOnFailure), Needs(Capability.ScaleOutShare)]
    public async Task AddressThatIsNotListed(string address) =>
        await IsRefusedAsync(Swn.RegisterAddressNotInList, Request with { IpAddress = address }, ERROR_INVALID_STATE);

    [Test, Verifies(Swn.RegisterAddressNotInList), Needs(Capability.ScaleOutShare)]
    public async Task NodeAddressIsNotListed() =>
        await IsRefusedAsync(
            Swn.RegisterAddressNotInList,
            Request with { IpAddress = Cluster.Nodes[0].Address.ToString() }, ERROR_INVALID_STATE);

    [Test, Verifies(Swn.RegisterAddressNotInList)]
    public async Task EveryListedAddressIsAccepted()
    {
        foreach (var address in Cluster.PublicAddresses)
        {
            await IsAcceptedAsync(Swn.RegisterAddressNotInList, Request with { IpAddress = address.ToString() });
        }
    }

    /// <summary>No form of [RFC4291] or dotted quad: refused as not listed, or taken for what it means.</summary>
    [TestCaseSource(typeof(Spellings), nameof(Spellings.AddressForms))]
    [Verifies(Swn.AddressMatchedByFormat), Needs(Capability.ScaleOutShare)]
    public async Task ListedAddressInAnotherForm(string form)
    {
        var address = Cluster.PublicAddresses.First(a => a.Address.AddressFamily == AddressFamily.InterNetwork);
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterAsync(
            Request with { IpAddress = Spellings.InAnotherForm(address.Address, form) });

        Check.That(
            Swn.AddressMatchedByFormat, reply, r => r.Status, ERROR_INVALID_STATE, tolerated: ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.AddressMatchedByFormat), Needs(Capability.IPv6)]
    public async Task Ipv6AddressInAnySpelling()
    {
        var address = Cluster.PublicAddresses
            .First(a => a.Address.AddressFamily == AddressFamily.InterNetworkV6).Address;
        var inFull = Spellings.InFull(address);

        foreach (var spelling in new[] { address.ToString(), inFull, inFull.ToLowerInvariant() })
        {
            await IsAcceptedAsync(Swn.AddressMatchedByFormat, Request with { IpAddress = spelling });
        }
    }

    [Test, Verifies(Swn.AddressMatchedByFormat), Needs(Capability.IPv6, Capability.ScaleOutShare)]
    public async Task Ipv6AddressWithAScope()
    {
        var address = Cluster.PublicAddresses.First(a => a.Address.AddressFamily == AddressFamily.InterNetworkV6);
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterAsync(Request with { IpAddress = $"{address}%1" });

        // The scope is no part of the address; the text does not say what becomes of it.
        Check.That(
            Swn.AddressMatchedByFormat, reply, r => r.Status, ERROR_SUCCESS, tolerated: ERROR_INVALID_STATE);
    }

    [Test, Verifies(Swn.RegisterOrderOfChecks)]
    public async Task VersionIsCheckedBeforeNull() =>
        await IsRefusedAsync(
            Swn.RegisterOrderOfChecks, new RegisterRequest(0, null, null, null), ERROR_REVISION_MISMATCH);

    [Test, Verifies(Swn.RegisterOrderOfChecks)]
    public async Task VersionIsCheckedBeforeNetName() =>
        await IsRefusedAsync(
            Swn.RegisterOrderOfChecks,
            Request with { Version = WitnessVersion.V2, NetName = "NoSuchServer" }, ERROR_REVISION_MISMATCH);

    [Test, Verifies(Swn.RegisterOrderOfChecks)]
    public async Task VersionIsCheckedBeforeAddress() =>
        await IsRefusedAsync(
            Swn.RegisterOrderOfChecks,
            Request with { Version = WitnessVersion.V2, IpAddress = "255.255.255.255" }, ERROR_REVISION_MISMATCH);

    [Test, Verifies(Swn.RegisterOrderOfChecks, Swn.RegisterNullParameter)]
    public async Task NullIsCheckedBeforeAddress()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterAsync(
            Request with { ClientComputerName = null, IpAddress = "255.255.255.255" });

        Check.IsRefusal(Swn.RegisterOrderOfChecks, reply, ERROR_INVALID_PARAMETER);
        Check.That(Swn.RegisterNullParameter, reply, r => r.Status, ERROR_INVALID_PARAMETER);
    }

    [Test, Verifies(Swn.RegisterOrderOfChecks)]
    public async Task NetNameIsCheckedBeforeAddress() =>
        await IsRefusedAsync(
            Swn.RegisterOrderOfChecks,
            Request with { NetName = "NoSuchServer", IpAddress = "255.255.255.255" }, ERROR_INVALID_PARAMETER);

    [TestCase("CLIENT", TestName = "NetbiosClientName")]
    [TestCase("client.example.com", TestName = "QualifiedClientName")]
    [TestCase("", TestName = "EmptyClientName")]
    [TestCase("{4f6b8a2e-0000-4c7d-9d3a-0123456789ab}", TestName = "GuidClientName")]
    [TestCase("Überwachung-Ω-客户", TestName = "NonAsciiClientName")]
    [TestCase("\ud800x", TestName = "LoneSurrogateClientName")]
    [TestCase("a\0b", TestName = "EmbeddedNullClientName")]
    [TestCase("a/b\\c:d*e?f\"g<h>i|j", TestName = "OddCharactersClientName")]
    [Verifies(Swn.ClientNameIsOpaque)]
    public async Task AnyClientNameIsAccepted(string client) =>
        await IsAcceptedAsync(Swn.ClientNameIsOpaque, Request with { ClientComputerName = client });

    [TestCase(1, TestName = "{m}_1")]
    [TestCase(255, TestName = "{m}_255")]
    [TestCase(256, TestName = "{m}_256")]
    [TestCase(260, TestName = "{m}_260")]
    [TestCase(1024, TestName = "{m}_1024")]
    [TestCase(32767, TestName = "{m}_32767")]
    [TestCase(65535, TestName = "{m}_65535")]
    [Verifies(Swn.StringLengthsUnbounded, House.StaysUp)]
    public async Task LongClientName(int characters) =>
        await IsAnsweredAsync(Request with { ClientComputerName = Spellings.OfLength(characters) }, ERROR_SUCCESS);

    [TestCase(255, TestName = "{m}_255")]
    [TestCase(260, TestName = "{m}_260")]
    [TestCase(32767, TestName = "{m}_32767")]
    [TestCase(65535, TestName = "{m}_65535")]
    [Verifies(Swn.StringLengthsUnbounded, House.StaysUp)]
    public async Task LongNetName(int characters) =>
        await IsAnsweredAsync(Request with { NetName = Spellings.OfLength(characters) }, ERROR_INVALID_PARAMETER);

    [TestCase(255, TestName = "{m}_255")]
    [TestCase(260, TestName = "{m}_260")]
    [TestCase(32767, TestName = "{m}_32767")]
    [TestCase(65535, TestName = "{m}_65535")]
    [Verifies(Swn.StringLengthsUnbounded, House.StaysUp), Needs(Capability.ScaleOutShare)]
    public async Task LongAddress(int characters) =>
        await IsAnsweredAsync(Request with { IpAddress = new string('1', characters) }, ERROR_INVALID_STATE);

    [Test, Verifies(Swn.RegisterStatuses, Swn.StatusFromErref)]
    public async Task OnlyDocumentedStatusesAreReturned()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        RegisterRequest[] requests =
        [
            Request, Request with { Version = 0 }, Request with { NetName = null },
            Request with { NetName = "" }, Request with { IpAddress = "" }, Request with { IpAddress = "::" },
        ];
        foreach (var request in requests)
        {
            var reply = await witness.RegisterAsync(request);
            Check.Holds(
                Swn.RegisterStatuses, reply, r => Documented.Statuses.Contains(r.Status), Documented.InWords);
            Check.That(Swn.StatusFromErref, reply, r => r.Status.Kind, OutcomeKind.Status);
        }
    }

    [Test, Verifies(Swn.RegisterReturnsHandle, Swn.PrivacyAccepted)]
    public async Task WorksSealed()
    {
        await using var witness = await ConnectAsync(
            Cluster.Nodes[0], ConnectOptions.Default with { Level = AuthenticationLevel.Privacy });

        var reply = await witness.RegisterAsync(Request);

        Check.That(Swn.RegisterReturnsHandle, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.PrivacyAccepted, reply, r => r.Status, ERROR_SUCCESS);
    }

    private RegisterRequest Request => Valid.Register(Cluster, Client);

    private async Task IsRefusedAsync(string requirement, RegisterRequest request, Win32Error status)
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterAsync(request);

        Check.IsRefusal(requirement, reply, status);
    }

    private async Task IsAcceptedAsync(string requirement, RegisterRequest request)
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterAsync(request);

        Check.That(requirement, reply, r => r.Status, ERROR_SUCCESS);
        await witness.UnRegisterAsync(reply.Handle);
    }

    /// <summary>A server may have a limit and say so; it may neither hang nor fall over.</summary>
    private async Task IsAnsweredAsync(RegisterRequest request, Outcome expected)
    {
        // One with nothing odd in it is taken: the case is about its strings.
        await using var plain = await RegisterAsync(version: WitnessVersion.V1);
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterAsync(request);

        Check.That(
            Swn.StringLengthsUnbounded, reply, r => r.Status, expected,
            tolerated: [ERROR_INVALID_PARAMETER, RpcFault.RPC_X_BAD_STUB_DATA]);
        await using var other = await ConnectAsync(Cluster.Nodes[0]);
        Check.Holds(
            House.StaysUp, await Alive.AskAsync(other), r => Alive.Answers(r.Status), Alive.InWords);
    }
}
