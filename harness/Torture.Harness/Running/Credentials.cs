using Torture.Harness.Clusters;
using Torture.Harness.Witness;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.Harness.Running;

/// <summary>Makes the security context that a case's options ask for.</summary>
internal static class Credentials
{
    public static ISecurityContext? ContextFor(
        ConnectOptions options, ICluster cluster, TimeProvider time, Random random)
    {
        if (options.Mechanism == AuthenticationType.None || options.Level <= AuthenticationLevel.None)
        {
            return null;
        }

        var account = options.Account ?? (cluster.Accounts.Count > 0 ? cluster.Accounts[0] : null);
        var credential = options.Anonymous || account is null
            ? NtlmCredential.Anonymous
            : new NtlmCredential(account.User, account.Password, account.Domain);
        var ntlm = new NtlmInitiator(credential, time, bytes => Fill(random, bytes));
        return options.Mechanism switch
        {
            AuthenticationType.Ntlmssp => ntlm,
            AuthenticationType.Spnego => new SpnegoInitiator(ntlm),
            _ => throw new ArgumentException($"no client for {options.Mechanism}", nameof(options)),
        };
    }

    private static void Fill(Random random, Span<byte> bytes)
    {
        lock (random)
        {
            random.NextBytes(bytes);
        }
    }
}
