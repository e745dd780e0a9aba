namespace Torture.Suites.Rpc.Witness;

/// <summary>
/// Who does not sign is not served, by any operation; who signs or seals is ([MS-SWN] 3.1.4 note 4, gap G1).
/// </summary>
public sealed class AuthenticationLevels : Suite
{
    private static readonly ConnectOptions[] Weak =
    [
        ConnectOptions.Unauthenticated,
        With(AuthenticationLevel.Connect, AuthenticationType.Ntlmssp),
        With(AuthenticationLevel.Connect, AuthenticationType.Spnego),
        With(AuthenticationLevel.Call, AuthenticationType.Ntlmssp),
        With(AuthenticationLevel.Call, AuthenticationType.Spnego),
        With(AuthenticationLevel.Packet, AuthenticationType.Ntlmssp),
        With(AuthenticationLevel.Packet, AuthenticationType.Spnego),
    ];

    private static readonly ConnectOptions[] Strong =
    [
        With(AuthenticationLevel.Integrity, AuthenticationType.Ntlmssp),
        With(AuthenticationLevel.Integrity, AuthenticationType.Spnego),
        With(AuthenticationLevel.Privacy, AuthenticationType.Ntlmssp),
        With(AuthenticationLevel.Privacy, AuthenticationType.Spnego),
    ];

    private static IEnumerable<TestCaseData> WeakCallers =>
        from options in Weak
        from operation in Operations.All
        select new TestCaseData(options, operation).SetName($"{{m}}_{Name(options)}_{operation.Short()}");

    private static IEnumerable<TestCaseData> StrongCallers =>
        Strong.Select(options => new TestCaseData(options).SetName($"{{m}}_{Name(options)}"));

    [TestCaseSource(nameof(WeakCallers))]
    [Verifies(Swn.WeakAuthenticationLevelRefused, Swn.AccessCheckedPerMethod)]
    public async Task Refuses(ConnectOptions options, WitnessOperation operation)
    {
        await using var registration = await RegisterAsync(on: Cluster.Nodes[0]);
        var bind = await TryConnectAsync(Cluster.Nodes[0], options with
        {
            AssociationGroup = registration.Connection.AssociationGroup,
            CallDeadline = Cluster.Limits.Call,
        });
        if (bind.Connection is not { } weak)
        {
            IsRefused(Swn.WeakAuthenticationLevelRefused, bind.Status);
            IsRefused(Swn.AccessCheckedPerMethod, bind.Status);
            return;
        }

        await using (weak)
        {
            var reply = await weak.CallAsync(operation, registration.Handle, Cluster, Client);

            Check.Holds(
                Swn.WeakAuthenticationLevelRefused, reply, r => Refusal.Is(r.Status), Refusal.InWords);
            Check.Holds(Swn.AccessCheckedPerMethod, reply, r => Refusal.Is(r.Status), Refusal.InWords);
        }
    }

    [Test, Verifies(House.OthersServedDuringBadInput)]
    public async Task ARefusalDisturbsNoOtherConnection()
    {
        await using var registration = await RegisterAsync(on: Cluster.Nodes[0]);
        var bind = await TryConnectAsync(Cluster.Nodes[0], Weak[0]);
        if (bind.Connection is { } weak)
        {
            await weak.GetInterfaceListAsync();
            await weak.DisposeAsync();
        }

        var reply = await registration.UnRegisterAsync();

        Check.That(House.OthersServedDuringBadInput, reply, r => r.Status, ERROR_SUCCESS);
    }

    [TestCaseSource(nameof(StrongCallers)), Verifies(Swn.PrivacyAccepted, Swn.GetInterfaceListSucceeds)]
    public async Task ServesTheList(ConnectOptions options)
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0], options);

        var reply = await witness.GetInterfaceListAsync();

        Check.That(Swn.PrivacyAccepted, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.GetInterfaceListSucceeds, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.GetInterfaceListSucceeds, reply, r => r.Interfaces.Count, Cluster.PublicAddresses.Count);
    }

    [TestCaseSource(nameof(StrongCallers)), Verifies(Swn.PrivacyAccepted, Swn.RegisterReturnsHandle)]
    public async Task ServesARegistration(ConnectOptions options)
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0], options);

        var registered = await witness.RegisterAsync(Valid.Register(Cluster, Client));
        var gone = await witness.UnRegisterAsync(registered.Handle);

        Check.That(Swn.RegisterReturnsHandle, registered, r => r.Status, ERROR_SUCCESS);
        Check.Holds(Swn.RegisterReturnsHandle, registered, r => !r.Handle.IsNull, "the handle is not null");
        Check.That(Swn.PrivacyAccepted, gone, r => r.Status, ERROR_SUCCESS);
    }

    [TestCaseSource(nameof(StrongCallers)), Verifies(Swn.PrivacyAccepted, Swn.KeepAliveElapses)]
    public async Task ServesAPendingCall(ConnectOptions options)
    {
        await using var registration = await RegisterAsync(
            on: Cluster.Nodes[0], keepAlive: TimeSpan.FromSeconds(1), options: options);

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.PrivacyAccepted, reply, r => r.Status, ERROR_TIMEOUT);
        Check.That(Swn.KeepAliveElapses, reply, r => r.Status, ERROR_TIMEOUT);
    }

    [Test, Verifies(Swn.ClientUsesIntegrityAndSpnego)]
    public async Task ServesAsAWindowsClientBinds()
    {
        var bound = await TryConnectAsync(Cluster.Nodes[0], Strong[1] with
        {
            TransferSyntaxes = [SyntaxId.Ndr20, SyntaxId.Ndr64],
            BindTimeFeatures = BindTimeFeatures.SecurityContextMultiplexing | BindTimeFeatures.KeepConnectionOnOrphan,
        });

        await using var witness = bound.Connection;

        Check.That(Swn.ClientUsesIntegrityAndSpnego, bound.Status, Outcome.Success);
        if (witness is not null)
        {
            var reply = await witness.GetInterfaceListAsync();
            Check.That(Swn.ClientUsesIntegrityAndSpnego, reply, r => r.Status, ERROR_SUCCESS);
        }
    }

    private static ConnectOptions With(AuthenticationLevel level, AuthenticationType mechanism) =>
        new() { Level = level, Mechanism = mechanism };

    private static string Name(ConnectOptions options) =>
        options.Mechanism == AuthenticationType.None ? "Nobody" : $"{options.Mechanism}{options.Level}";

    private void IsRefused(string requirement, Outcome outcome) =>
        Check.Holds(requirement, Refusal.Is(outcome), Refusal.InWords, outcome.ToString());
}
