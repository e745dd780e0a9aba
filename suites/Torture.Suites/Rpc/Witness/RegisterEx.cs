namespace Torture.Suites.Rpc.Witness;

/// <summary>WitnessrRegisterEx ([MS-SWN] 3.1.4.5).</summary>
public sealed class RegisterEx : Suite
{
    private static IEnumerable<TestCaseData> OtherVersions => Spellings.VersionsOtherThan(WitnessVersion.V2);

    [Test, Verifies(Swn.RegisterExReturnsHandle, Swn.RegisterExCreatesRegistration, Swn.RegisterExMethod)]
    public async Task ReturnsAHandle()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterExAsync(Request);

        Check.That(Swn.RegisterExMethod, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.RegisterExReturnsHandle, reply, r => r.Status, ERROR_SUCCESS);
        Check.Holds(Swn.RegisterExReturnsHandle, reply, r => !r.Handle.IsNull, "the handle is not null");
        var unregistered = await witness.UnRegisterAsync(reply.Handle);
        Check.That(Swn.RegisterExCreatesRegistration, unregistered, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.RegisterExCreatesRegistration)]
    public async Task SameParametersTwiceAreTwoRegistrations()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var first = await witness.RegisterExAsync(Request);
        var second = await witness.RegisterExAsync(Request);

        Check.That(Swn.RegisterExCreatesRegistration, second, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.RegisterExCreatesRegistration, first.Handle == second.Handle, false);
        foreach (var registered in new[] { first, second })
        {
            var unregistered = await witness.UnRegisterAsync(registered.Handle);
            Check.That(Swn.RegisterExCreatesRegistration, unregistered, r => r.Status, ERROR_SUCCESS);
        }
    }

    [TestCaseSource(nameof(OtherVersions)), Verifies(Swn.RegisterExRevisionMismatch, Swn.NullHandleOnFailure)]
    public async Task OtherVersionIsARevisionMismatch(uint version) =>
        await IsRefusedAsync(
            Swn.RegisterExRevisionMismatch, Request with { Version = version }, ERROR_REVISION_MISMATCH);

    [TestCaseSource(typeof(Spellings), nameof(Spellings.NullParameters))]
    [Verifies(Swn.RegisterExNullParameter, Swn.NullHandleOnFailure)]
    public async Task NullParameter(bool netName, bool ipAddress, bool client) =>
        await IsRefusedAsync(
            Swn.RegisterExNullParameter,
            Request with
            {
                NetName = netName ? null : Request.NetName,
                IpAddress = ipAddress ? null : Request.IpAddress,
                ClientComputerName = client ? null : Request.ClientComputerName,
            },
            ERROR_INVALID_PARAMETER);

    [Test, Verifies(Swn.RegisterExNullParameter)]
    public async Task ShareNameMayBeNull() =>
        await IsAcceptedAsync(Swn.RegisterExNullParameter, Request with { ShareName = null });

    [TestCaseSource(typeof(Spellings), nameof(Spellings.UnknownNetNames))]
    [Verifies(Swn.RegisterExUnknownNetName, Swn.NullHandleOnFailure)]
    public async Task UnknownNetName(string netName) =>
        await IsRefusedAsync(
            Swn.RegisterExUnknownNetName, Request with { NetName = netName }, ERROR_INVALID_PARAMETER);

    [TestCaseSource(typeof(Spellings), nameof(Spellings.LetterCases)), Verifies(Swn.NetNameSpellings)]
    public async Task NetNameInAnyLetterCase(string way)
    {
        foreach (var name in Cluster.Aliases.Prepend(Cluster.NetName))
        {
            await IsAcceptedAsync(
                Swn.NetNameSpellings, Request with { NetName = Spellings.InOtherCase(name, way) });
        }
    }

    [TestCase("any_invalid_share_name", TestName = "UnknownShare")]
    [TestCase("", TestName = "EmptyShare")]
    [TestCase("*", TestName = "WildcardShare")]
    [TestCase("IPC$", TestName = "PipeShare")]
    [TestCase("a/b", TestName = "OddShare")]
    [Verifies(Swn.RegisterExUnknownShare, Swn.NullHandleOnFailure), Needs(Capability.ScaleOutShare)]
    public async Task ShareThatIsNotShared(string share) =>
        await IsRefusedAsync(Swn.RegisterExUnknownShare, Request with { ShareName = share }, ERROR_INVALID_STATE);

    [Test, Verifies(Swn.RegisterExUnknownShare)]
    public async Task EveryShareIsAccepted()
    {
        foreach (var share in Cluster.Shares)
        {
            await IsAcceptedAsync(Swn.RegisterExUnknownShare, Request with { ShareName = share.Name });
        }
    }

    [TestCaseSource(typeof(Spellings), nameof(Spellings.LetterCases))]
    [Verifies(Swn.RegisterExUnknownShare), Needs(Capability.ScaleOutShare)]
    public async Task ShareNameInAnyLetterCase(string way) =>
        await IsAcceptedAsync(
            Swn.RegisterExUnknownShare,
            Request with { ShareName = Spellings.InOtherCase(Valid.ScaleOutShare(Cluster).Name, way) });

    [TestCase("255.255.255.255", TestName = "BroadcastAddressForScaleOutShare")]
    [TestCase("192.0.2.250", TestName = "ForeignAddressForScaleOutShare")]
    [TestCase("2001:db8::250", TestName = "ForeignIpv6AddressForScaleOutShare")]
    [TestCase("", TestName = "EmptyAddressForScaleOutShare")]
    [TestCase("localhost", TestName = "HostNameForScaleOutShare")]
    [Verifies(Swn.RegisterExAddressNotInList, Swn.NullHandleOnFailure), Needs(Capability.ScaleOutShare)]
    public async Task AddressThatIsNotListed(string address) =>
        await IsRefusedAsync(
            Swn.RegisterExAddressNotInList,
            Request with { ShareName = Valid.ScaleOutShare(Cluster).Name, IpAddress = address }, ERROR_INVALID_STATE);

    /// <summary>
    /// Unlike Register, the text asks for no look at the address where no scale-out share is named (A7).
    /// </summary>
    [Test, Verifies(Swn.RegisterExAddressNotInList), Needs(Capability.ScaleOutShare)]
    public async Task AddressIsNotCheckedWithoutAShare()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterExAsync(Request with { ShareName = null, IpAddress = "192.0.2.250" });

        Check.That(
            Swn.RegisterExAddressNotInList, reply, r => r.Status, ERROR_SUCCESS, tolerated: ERROR_INVALID_STATE);
    }

    [Test, Verifies(Swn.RegisterExAddressNotInList), Needs(Capability.ScaleOutShare, Capability.FailoverShare)]
    public async Task AddressIsNotCheckedForAFailoverShare()
    {
        var share = Cluster.Shares.First(share => share.Kind == ShareKind.Failover);
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterExAsync(
            Request with { ShareName = share.Name, IpAddress = "192.0.2.250" });

        Check.That(
            Swn.RegisterExAddressNotInList, reply, r => r.Status, ERROR_SUCCESS, tolerated: ERROR_INVALID_STATE);
    }

    [Test, Verifies(Swn.RegisterExRevisionMismatch, Swn.RegisterExNullParameter)]
    public async Task VersionIsCheckedBeforeNull()
    {
        var request = new RegisterExRequest(0, null, null, null, null, RegisterFlags.WITNESS_REGISTER_NONE, 0);
        await IsRefusedAsync(Swn.RegisterExRevisionMismatch, request, ERROR_REVISION_MISMATCH);
        await IsRefusedAsync(
            Swn.RegisterExNullParameter, request with { Version = WitnessVersion.V2 }, ERROR_INVALID_PARAMETER);
    }

    [Test, Verifies(Swn.RegisterExRevisionMismatch)]
    public async Task VersionIsCheckedBeforeNetName() =>
        await IsRefusedAsync(
            Swn.RegisterExRevisionMismatch,
            Request with { Version = WitnessVersion.V1, NetName = "NoSuchServer" }, ERROR_REVISION_MISMATCH);

    [Test, Verifies(Swn.RegisterExNullParameter), Needs(Capability.ScaleOutShare)]
    public async Task NullIsCheckedBeforeShare() =>
        await IsRefusedAsync(
            Swn.RegisterExNullParameter,
            Request with { ClientComputerName = null, ShareName = "any_invalid_share_name" },
            ERROR_INVALID_PARAMETER);

    [Test, Verifies(Swn.RegisterExUnknownNetName), Needs(Capability.ScaleOutShare)]
    public async Task NetNameIsCheckedBeforeShare() =>
        await IsRefusedAsync(
            Swn.RegisterExUnknownNetName,
            Request with { NetName = "NoSuchServer", ShareName = "any_invalid_share_name" }, ERROR_INVALID_PARAMETER);

    [Test, Verifies(Swn.RegisterExNullParameter), Needs(Capability.ScaleOutShare)]
    public async Task NullIsCheckedBeforeAddress() =>
        await IsRefusedAsync(
            Swn.RegisterExNullParameter, OfAForeignAddress with { ClientComputerName = null },
            ERROR_INVALID_PARAMETER);

    [Test, Verifies(Swn.RegisterExUnknownNetName), Needs(Capability.ScaleOutShare)]
    public async Task NetNameIsCheckedBeforeAddress() =>
        await IsRefusedAsync(
            Swn.RegisterExUnknownNetName, OfAForeignAddress with { NetName = "NoSuchServer" },
            ERROR_INVALID_PARAMETER);

    [TestCase(2u, TestName = "{m}_2")]
    [TestCase(3u, TestName = "{m}_3")]
    [TestCase(0x80000000u, TestName = "{m}_0x80000000")]
    [TestCase(0xFFFFFFFFu, TestName = "{m}_0xFFFFFFFF")]
    [Verifies(Swn.RegisterExFlags)]
    public async Task UndefinedFlags(uint flags)
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterExAsync(Request with { Flags = (RegisterFlags)flags });

        // The text binds the client only (A15): a server may ignore what it does not know.
        Check.That(
            Swn.RegisterExFlags, reply, r => r.Status, ERROR_INVALID_PARAMETER, tolerated: ERROR_SUCCESS);
    }

    [TestCase(0u, TestName = "{m}_none")]
    [TestCase(1u, TestName = "{m}_ip")]
    [Verifies(Swn.RegisterExFlags)]
    public async Task DefinedFlags(uint flags) =>
        await IsAcceptedAsync(Swn.RegisterExFlags, Request with { Flags = (RegisterFlags)flags });

    [TestCase(0u, TestName = "{m}_0")]
    [TestCase(1u, TestName = "{m}_1")]
    [TestCase(86400u, TestName = "{m}_86400")]
    [TestCase(0x7FFFFFFFu, TestName = "{m}_0x7FFFFFFF")]
    [TestCase(0xFFFFFFFFu, TestName = "{m}_0xFFFFFFFF")]
    [Verifies(Swn.KeepAliveZero, House.StaysUp)]
    public async Task AnyKeepAliveIsAccepted(uint seconds)
    {
        await IsAcceptedAsync(Swn.KeepAliveZero, Request with { KeepAliveTimeout = seconds });
        await using var other = await ConnectAsync(Cluster.Nodes[0]);
        var reply = await Alive.AskAsync(other);
        Check.Holds(House.StaysUp, reply, r => Alive.Answers(r.Status), Alive.InWords);
    }

    [TestCase(255, TestName = "{m}_255")]
    [TestCase(32767, TestName = "{m}_32767")]
    [TestCase(65535, TestName = "{m}_65535")]
    [Verifies(Swn.StringLengthsUnbounded, House.StaysUp)]
    public async Task LongShareName(int characters)
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterExAsync(Request with { ShareName = Spellings.OfLength(characters) });

        Check.That(
            Swn.StringLengthsUnbounded, reply, r => r.Status, ERROR_INVALID_STATE,
            tolerated: [ERROR_INVALID_PARAMETER, ERROR_SUCCESS, RpcFault.RPC_X_BAD_STUB_DATA]);
        await using var other = await ConnectAsync(Cluster.Nodes[0]);
        Check.Holds(
            House.StaysUp, await Alive.AskAsync(other), r => Alive.Answers(r.Status), Alive.InWords);
    }

    [Test, Verifies(Swn.RegisterExStatuses, Swn.StatusFromErref)]
    public async Task OnlyDocumentedStatusesAreReturned()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        RegisterExRequest[] requests =
        [
            Request, Request with { Version = 0 }, Request with { NetName = null }, Request with { NetName = "" },
            Request with { ShareName = "any_invalid_share_name" }, Request with { IpAddress = "" },
        ];
        foreach (var request in requests)
        {
            var reply = await witness.RegisterExAsync(request);
            Check.Holds(
                Swn.RegisterExStatuses, reply, r => Documented.Statuses.Contains(r.Status), Documented.InWords);
            Check.That(Swn.StatusFromErref, reply, r => r.Status.Kind, OutcomeKind.Status);
        }
    }

    private RegisterExRequest Request => Valid.RegisterEx(Cluster, Client);

    private RegisterExRequest OfAForeignAddress =>
        Request with { ShareName = Valid.ScaleOutShare(Cluster).Name, IpAddress = "192.0.2.250" };

    private async Task IsRefusedAsync(string requirement, RegisterExRequest request, Win32Error status)
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterExAsync(request);

        Check.IsRefusal(requirement, reply, status);
    }

    private async Task IsAcceptedAsync(string requirement, RegisterExRequest request)
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.RegisterExAsync(request);

        Check.That(requirement, reply, r => r.Status, ERROR_SUCCESS);
        await witness.UnRegisterAsync(reply.Handle);
    }
}
