namespace Torture.Suites.Rpc.Witness;

/// <summary>Who is nobody, or not who it says, is not served; what is one user's is not another's (gap G2).</summary>
public sealed class AuthenticationIdentities : Suite
{
    private static IEnumerable<TestCaseData> Mechanisms =>
        new[] { AuthenticationType.Ntlmssp, AuthenticationType.Spnego }
            .Select(mechanism => new TestCaseData(mechanism).SetName($"{{m}}_{mechanism}"));

    private static IEnumerable<TestCaseData> OfAHandle =>
        new[]
        {
            WitnessOperation.WitnessrUnRegister, WitnessOperation.WitnessrAsyncNotify,
            WitnessOperation.WitnessrUnRegisterEx,
        }.Select(operation => new TestCaseData(operation).SetName($"{{m}}_{operation.Short()}"));

    private Account First => Cluster.Accounts[0];

    [TestCaseSource(nameof(Mechanisms)), Verifies(House.WrongPasswordRefused, Rpce.AuthenticationFails)]
    public Task WrongPassword(AuthenticationType mechanism) =>
        IsRefusedAsync(new() { Mechanism = mechanism, Account = First with { Password = First.Password + "?" } });

    [TestCaseSource(nameof(Mechanisms)), Verifies(House.WrongPasswordRefused, Rpce.AuthenticationFails)]
    public Task EmptyPassword(AuthenticationType mechanism) =>
        IsRefusedAsync(new() { Mechanism = mechanism, Account = First with { Password = "" } });

    [TestCaseSource(nameof(Mechanisms)), Verifies(House.WrongPasswordRefused, Rpce.AuthenticationFails)]
    public Task UnknownUser(AuthenticationType mechanism) =>
        IsRefusedAsync(new() { Mechanism = mechanism, Account = First with { User = First.User + "x" } });

    [TestCaseSource(nameof(Mechanisms)), Verifies(House.WrongPasswordRefused, Rpce.AuthenticationFails)]
    public Task WrongPasswordAtPrivacy(AuthenticationType mechanism) => IsRefusedAsync(new()
    {
        Mechanism = mechanism,
        Level = AuthenticationLevel.Privacy,
        Account = First with { Password = First.Password.ToUpperInvariant() + "!" },
    });

    [TestCaseSource(nameof(Mechanisms)), Verifies(Swn.AccessDenied)]
    public async Task Anonymous(AuthenticationType mechanism)
    {
        var outcome = await AskAsync(new() { Mechanism = mechanism, Anonymous = true }, Swn.AccessDenied);

        Note($"an anonymous caller is answered {outcome}");
    }

    [Test, Verifies(House.OthersServedDuringBadInput)]
    public async Task AWrongPasswordDisturbsNobody()
    {
        await using var registration = await RegisterAsync(on: Cluster.Nodes[0]);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var bind = await TryConnectAsync(
                Cluster.Nodes[0], new() { Account = First with { Password = $"wrong {attempt}" } });
            await using var refused = bind.Connection;
            await (refused?.GetInterfaceListAsync() ?? Task.FromResult<InterfaceListReply>(null!));
        }

        await using var another = await ConnectAsync(Cluster.Nodes[0]);
        var fresh = await another.GetInterfaceListAsync();
        var reply = await registration.UnRegisterAsync();

        Check.That(House.OthersServedDuringBadInput, fresh, r => r.Status, ERROR_SUCCESS);
        Check.That(House.OthersServedDuringBadInput, reply, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.AnyUserMayConnect), Needs(Capability.SecondAccount)]
    public async Task ASecondUserIsServed()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0], new() { Account = Cluster.Accounts[1] });

        var registered = await witness.RegisterAsync(Valid.Register(Cluster, Client));

        Check.That(Swn.AnyUserMayConnect, registered, r => r.Status, ERROR_SUCCESS);
        Check.That(
            Swn.AnyUserMayConnect, await witness.UnRegisterAsync(registered.Handle), r => r.Status, ERROR_SUCCESS);
    }

    [TestCaseSource(nameof(OfAHandle))]
    [Verifies(Swn.CallerIdentityDecides, House.PeersAreIsolated), Needs(Capability.SecondAccount)]
    public async Task AHandleOfAnotherUserIsRefused(WitnessOperation operation)
    {
        await using var registration = await RegisterAsync(on: Cluster.Nodes[0]);
        await using var second = await ConnectAsync(Cluster.Nodes[0], new()
        {
            Account = Cluster.Accounts[1],
            AssociationGroup = registration.Connection.AssociationGroup,
            CallDeadline = Cluster.Limits.Call,
        });

        var reply = await second.CallAsync(operation, registration.Handle, Cluster, Client);

        Check.Holds(
            Swn.CallerIdentityDecides, reply,
            r => r.Status.Kind != OutcomeKind.NoAnswer && !r.Status.IsSuccess,
            "an error: the handle belongs to somebody else");
        Check.That(House.PeersAreIsolated, await registration.UnRegisterAsync(), r => r.Status, ERROR_SUCCESS);
    }

    private async Task IsRefusedAsync(ConnectOptions options)
    {
        var outcome = await AskAsync(options, House.WrongPasswordRefused);

        Check.Holds(
            Rpce.AuthenticationFails,
            Refusal.Is(outcome) && (outcome.Kind != OutcomeKind.Fault || outcome == RpcFault.RPC_S_ACCESS_DENIED),
            "bind_nak or access denied", outcome.ToString());
    }

    /// <summary>Asks for the interface list as that caller, who must be refused at the bind or at the call.</summary>
    private async Task<Outcome> AskAsync(ConnectOptions options, string requirement)
    {
        var bind = await TryConnectAsync(Cluster.Nodes[0], options);
        if (bind.Connection is not { } caller)
        {
            Check.Holds(requirement, Refusal.Is(bind.Status), Refusal.InWords, bind.Status.ToString());
            return bind.Status;
        }

        await using (caller)
        {
            var reply = await caller.GetInterfaceListAsync();
            Check.Holds(requirement, reply, r => Refusal.Is(r.Status), Refusal.InWords);
            return reply.Status;
        }
    }
}
