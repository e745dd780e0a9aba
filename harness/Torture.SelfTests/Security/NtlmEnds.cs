using System.Text;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Security;

/// <summary>A clock that stands.</summary>
internal sealed class StandingClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}

internal static class NtlmEnds
{
    public const string Password = "Passw0rd!swn";

    public static readonly TimeProvider Clock = new StandingClock(new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero));

    public static readonly INtlmAccounts Accounts = new NtlmAccountList(
        NtlmAccount.FromPassword("swn", Password),
        NtlmAccount.FromPassword("second", "another one", "SWNTEST"),
        new NtlmAccount("gone", NtlmV2.NtHash(Password)) { Disabled = true });

    public static NtlmInitiator Initiator(
        string user = "swn", string password = Password, string domain = "", NtlmInitiatorOptions? options = null) =>
        new(new NtlmCredential(user, password, domain), Clock, new Random(1).NextBytes, options);

    public static NtlmAcceptor Acceptor(NtlmAcceptorOptions? options = null) =>
        new(Accounts, "SWNCLUSTER", Clock, new Random(2).NextBytes, options);

    /// <summary>Steps both until no token is left; gives the number of tokens that went over the wire.</summary>
    public static int Establish(ISecurityContext initiator, ISecurityContext acceptor)
    {
        var tokens = 0;
        ReadOnlyMemory<byte> token = default;
        var (from, to) = (initiator, acceptor);
        do
        {
            token = from.Step(token.Span);
            tokens += token.IsEmpty ? 0 : 1;
            (from, to) = (to, from);
        }
        while (!token.IsEmpty && tokens < 10);
        return tokens;
    }

    public static (ISecurityContext Initiator, ISecurityContext Acceptor) Pair(bool spnego = false)
    {
        ISecurityContext initiator = spnego ? new SpnegoInitiator(Initiator()) : Initiator();
        ISecurityContext acceptor = spnego ? new SpnegoAcceptor(Acceptor()) : Acceptor();
        Establish(initiator, acceptor);
        return (initiator, acceptor);
    }

    /// <summary>A fragment with 24 bytes of header, the text as body and 8 bytes of trailer.</summary>
    public static byte[] Fragment(string text) => [.. new byte[24], .. Encoding.ASCII.GetBytes(text), .. new byte[8]];

    /// <summary>Sends a fragment from one end to the other; gives what the other read.</summary>
    public static string Send(
        ISecurityContext from,
        ISecurityContext to,
        string text,
        AuthenticationLevel level = AuthenticationLevel.Privacy)
    {
        var pdu = Fragment(text);
        var token = new byte[from.TokenSize(level)];
        from.Protect(pdu, 24..^8, level, headerSigning: true, token);
        to.Unprotect(pdu, 24..^8, level, headerSigning: true, token);
        return Encoding.ASCII.GetString(pdu[24..^8]);
    }
}
