namespace Torture.Harness.Reports.Html;

/// <summary>Links into the evidence folder and within the page.</summary>
internal static class Links
{
    /// <summary>A relative path: no name in it can become another scheme or lead out of the folder.</summary>
    public static string Path(params string[] parts) =>
        string.Join('/', parts
            .SelectMany(part => part.Split('/', '\\'))
            .Where(segment => segment is not ("" or "." or ".."))
            .Select(Uri.EscapeDataString));

    public static string Case(string id) => "case-" + Uri.EscapeDataString(id);
}
