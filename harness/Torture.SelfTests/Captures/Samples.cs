using Torture.Captures;

namespace Torture.SelfTests.Captures;

/// <summary>captures/samples of the checkout.</summary>
internal static class Samples
{
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.pcap").Select(p => System.IO.Path.GetFileNameWithoutExtension(p)!).Order();

    public static string Path(string name) => System.IO.Path.Combine(Folder, name + ".pcap");

    /// <summary>Of the user swn in all of them.</summary>
    public const string Password = "Passw0rd!swn";

    public static KeyRing Keys(string? password)
    {
        var keys = new KeyRing();
        if (password is not null)
        {
            keys.AddPassword("swn", password);
        }

        return keys;
    }

    private static string Find(string from)
    {
        for (var at = new DirectoryInfo(from); at is not null; at = at.Parent)
        {
            var candidate = System.IO.Path.Combine(at.FullName, "captures", "samples");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"captures/samples above {from}");
    }
}
