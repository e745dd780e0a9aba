using System.Security.Cryptography;
using Torture.Fixtures;
using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>Finds the text of a target file: a shipped one by its name, any other by its path.</summary>
/// <param name="Path">As it was named, for messages.</param>
/// <param name="Folder">Where the hooks run.</param>
internal sealed record TargetFileSource(string Path, string Folder, string Text)
{
    private const string Shipped = "targets/";
    private const string Ending = ".yaml";

    /// <summary>Names of the examples that come with the program.</summary>
    public static IEnumerable<string> Examples => FixtureFiles.List(Shipped + "examples/")
        .Where(name => name.EndsWith(Ending, StringComparison.Ordinal))
        .Select(name => System.IO.Path.GetFileNameWithoutExtension(name));

    public static string Example(string name) => FixtureFiles.ReadText($"{Shipped}examples/{name}{Ending}");

    /// <exception cref="TargetUnusableException">There is no such file.</exception>
    public static TargetFileSource Find(string name)
    {
        if (FixtureFiles.List(Shipped + name + Ending).Any())
        {
            return Unpack(name);
        }

        try
        {
            var path = System.IO.Path.GetFullPath(name);
            return new TargetFileSource(name, System.IO.Path.GetDirectoryName(path)!, File.ReadAllText(path));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new TargetUnusableException($"target file {name}: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>
    /// A shipped file may bring scripts: what lies in the folder of its name is put where hooks can run it.
    /// </summary>
    private static TargetFileSource Unpack(string name)
    {
        var text = FixtureFiles.ReadText(Shipped + name + Ending);
        var beside = FixtureFiles.List($"{Shipped}{name}/").ToList();
        var files = beside.Select(one => (Name: one[Shipped.Length..], Bytes: ReadBytes(one))).ToList();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        files.ForEach(file => hash.AppendData(file.Bytes));
        var folder = StateFolder.Make("targets", $"{name}-{Convert.ToHexString(hash.GetHashAndReset())[..12]}");
        foreach (var (file, bytes) in files)
        {
            Put(System.IO.Path.Combine(folder, file), bytes);
        }

        return new TargetFileSource(name, folder, text);
    }

    /// <summary>Whole or not at all, whoever else does the same.</summary>
    private static void Put(string path, byte[] bytes)
    {
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var next = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllBytes(next, bytes);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                next, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
                    | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        File.Move(next, path, overwrite: true);
    }

    private static byte[] ReadBytes(string name)
    {
        using var stream = FixtureFiles.Open(name);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
