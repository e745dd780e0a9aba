namespace Torture.SelfTests.Requirements;

/// <summary>The checkout that these tests were built from.</summary>
internal static class SourceRoot
{
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Torture.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no Torture.sln above {AppContext.BaseDirectory}");
    }
}
