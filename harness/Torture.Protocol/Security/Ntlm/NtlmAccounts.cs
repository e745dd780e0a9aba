namespace Torture.Protocol.Security;

/// <summary>Where an acceptor looks users up.</summary>
public interface INtlmAccounts
{
    /// <summary>The account of that name; null where there is none. Names are compared without their case.</summary>
    NtlmAccount? Find(string domain, string user);
}

/// <summary>One account; tells its name only.</summary>
/// <param name="user">Name, compared without its case.</param>
/// <param name="ntHash">NTOWFv1 of the password, 16 bytes.</param>
/// <param name="domain">Empty: whatever domain the client names is accepted.</param>
public sealed class NtlmAccount(string user, ReadOnlySpan<byte> ntHash, string domain = "")
{
    private readonly byte[] ntHash = ntHash.ToArray();

    public string User { get; } = user;

    public string Domain { get; } = domain;

    /// <summary>A disabled account is refused as a wrong password is.</summary>
    public bool Disabled { get; init; }

    internal ReadOnlySpan<byte> NtHash => ntHash;

    public static NtlmAccount FromPassword(string user, ReadOnlySpan<char> password, string domain = "") =>
        new(user, NtlmV2.NtHash(password), domain);

    public override string ToString() => $"{Domain}\\{User}";
}

/// <summary>A fixed list of accounts.</summary>
public sealed class NtlmAccountList(params IReadOnlyList<NtlmAccount> accounts) : INtlmAccounts
{
    public NtlmAccount? Find(string domain, string user)
    {
        foreach (var account in accounts)
        {
            if (account.User.Equals(user, StringComparison.OrdinalIgnoreCase)
                && (account.Domain.Length == 0 || account.Domain.Equals(domain, StringComparison.OrdinalIgnoreCase)))
            {
                return account;
            }
        }

        return null;
    }
}
