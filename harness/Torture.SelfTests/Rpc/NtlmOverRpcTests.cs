using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Rpc;

/// <summary>The real mechanism, both ways.</summary>
[CancelAfter(20_000)]
public sealed class NtlmOverRpcTests
{
    private static readonly NtlmAccountList _accounts = new(NtlmAccount.FromPassword("alice", "Passw0rd!", "TEST"));

    private sealed class Keys : IKeyLog
    {
        public List<KeyLogEntry> Entries { get; } = [];

        public void Record(KeyLogEntry entry)
        {
            lock (Entries)
            {
                Entries.Add(entry);
            }
        }
    }

    private static void Fill(Span<byte> bytes) => new Random(5).NextBytes(bytes);

    private static World WithNtlm(IKeyLog? keys = null) => new(adapt: options => options with
    {
        KeyLog = keys,
        Acceptors = type => type switch
        {
            AuthenticationType.Ntlmssp => new NtlmAcceptor(_accounts, "N1", TimeProvider.System, Fill),
            AuthenticationType.Spnego =>
                new SpnegoAcceptor(new NtlmAcceptor(_accounts, "N1", TimeProvider.System, Fill)),
            _ => null,
        },
    });

    private static ISecurityContext Initiator(bool spnego, string password)
    {
        var ntlm = new NtlmInitiator(
            new NtlmCredential("alice", password, "TEST"), TimeProvider.System, Fill);
        return spnego ? new SpnegoInitiator(ntlm) : ntlm;
    }

    [Test]
    public async Task CallsInFragmentsBothWays(
        [Range(2, 6)] int level, [Values] bool spnego, [Values] bool headerSigning)
    {
        // SPNEGO at level call is refused, as Windows does.
        if (spnego && level == 3)
        {
            return;
        }

        var keys = new Keys();
        await using var world = WithNtlm(keys);
        await using var client = await world.BindAsync(World.Options((AuthenticationLevel)level) with
        {
            SecurityContext = Initiator(spnego, "Passw0rd!"),
            HeaderSigning = headerSigning,
            KeyLog = keys,
        });

        var calls = Enumerable.Range(0, 20).Select(i => client.Start(TestInterface.Echo, Pattern.Of(i * 997))).ToList();
        var who = await client.Start(TestInterface.WhoAmI, default).Response;

        for (var i = 0; i < calls.Count; i++)
        {
            (await calls[i].Response).ToArray().Should().Equal(Pattern.Of(i * 997));
        }

        System.Text.Encoding.UTF8.GetString(who.Span).Should().Contain(@"TEST\alice");
        keys.Entries.Should().HaveCount(2);
        keys.Entries[0].SessionKey.ToArray().Should().Equal(keys.Entries[1].SessionKey.ToArray());
        keys.Entries.Should().OnlyContain(
            entry => entry.Mechanism == AuthenticationType.Ntlmssp && entry.Client.Equals(client.Local));
    }

    [Test]
    public async Task AWrongPasswordIsAccessDenied([Values] bool spnego)
    {
        await using var world = WithNtlm();

        Func<Task> act = async () =>
        {
            await using var client = await world.BindAsync(
                AuthenticationLevel.Integrity, Initiator(spnego, "wrong"));
            await client.Start(TestInterface.Echo, default).Response;
        };

        var thrown = (await act.Should().ThrowAsync<Exception>()).Which;
        ((thrown as RpcBindException)?.Fault ?? (thrown as RpcFaultException)?.Status)
            .Should().Be(RpcFault.RPC_S_ACCESS_DENIED);
        world.Log.Should().ContainSingle();
    }
}
