namespace Torture.Protocol.Security;

/// <summary>Who the client says it is. Holds the hash of the password only, and tells neither.</summary>
public sealed class NtlmCredential
{
    private readonly byte[] ntHash;

    public NtlmCredential(string user, ReadOnlySpan<char> password, string domain = "", string workstation = "")
        : this(user, NtlmV2.NtHash(password), domain, workstation)
    {
    }

    private NtlmCredential(string user, byte[] ntHash, string domain, string workstation)
    {
        User = user;
        this.ntHash = ntHash;
        Domain = domain;
        Workstation = workstation;
    }

    /// <summary>Nobody ([MS-NLMP] 3.1.5.1.2).</summary>
    public static NtlmCredential Anonymous { get; } = new("", new byte[NtlmV2.KeySize], "", "");

    public string User { get; }

    public string Domain { get; }

    public string Workstation { get; }

    public bool IsAnonymous => User.Length == 0;

    internal ReadOnlySpan<byte> NtHash => ntHash;

    public static NtlmCredential FromHash(string user, ReadOnlySpan<byte> ntHash, string domain = "") =>
        new(user, ntHash.ToArray(), domain, "");

    public override string ToString() => IsAnonymous ? "anonymous" : $"{Domain}\\{User}";
}
