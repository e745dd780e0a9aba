using System.Runtime.InteropServices;
using System.Text.Json;
using Torture.Harness.Clusters;

namespace Torture.Targets.Containers.Images;

/// <summary>
/// torture-node as it was built, and the .NET runtime that this program runs on: together they need nothing of the
/// image but libc and libstdc++. So no SDK and no package source is asked, and the image runs what was tested.
/// </summary>
internal static class NodeProgram
{
    private const string Program = "torture-node";

    /// <summary>Adds <c>app/</c> and <c>dotnet/</c>.</summary>
    /// <exception cref="TargetUnusableException">They are not where they should be.</exception>
    public static ImageContext WithNodeProgram(this ImageContext context)
    {
        foreach (var file in ProgramFiles(AppContext.BaseDirectory))
        {
            context.WithFile($"app/{file}", Path.Combine(AppContext.BaseDirectory, file));
        }

        var (root, version) = Runtime(RuntimeEnvironment.GetRuntimeDirectory());
        string[] folders = [$"shared/Microsoft.NETCore.App/{version}", $"host/fxr/{version}"];
        foreach (var file in folders.SelectMany(folder => Directory.GetFiles(Path.Combine(root, folder))))
        {
            context.WithFile($"dotnet/{Path.GetRelativePath(root, file)}", file, bySize: true);
        }

        return context;
    }

    /// <summary>Its own files and those that it depends on, as <c>torture-node.deps.json</c> lists them.</summary>
    private static List<string> ProgramFiles(string folder)
    {
        string[] own = [Program, $"{Program}.dll", $"{Program}.deps.json", $"{Program}.runtimeconfig.json"];
        if (own.FirstOrDefault(file => !File.Exists(Path.Combine(folder, file))) is { } missing)
        {
            throw new TargetUnusableException(
                $"there is no {missing} in {folder}: the images need torture built as files for this machine "
                + "(dotnet build, or dotnet publish without PublishSingleFile)");
        }

        using var dependencies = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, own[2])));
        var libraries = dependencies.RootElement.GetProperty("targets").EnumerateObject().First().Value
            .EnumerateObject()
            .SelectMany(library => library.Value.TryGetProperty("runtime", out var files)
                ? files.EnumerateObject().Select(file => Path.GetFileName(file.Name))
                : []);
        return [.. own.Concat(libraries).Distinct()];
    }

    /// <summary>The folder of dotnet and the version, from <c>ROOT/shared/Microsoft.NETCore.App/VERSION/</c>.</summary>
    private static (string Root, string Version) Runtime(string folder)
    {
        var version = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        var root = Path.GetFullPath(Path.Combine(folder, "../../.."));
        return RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
            ? throw new TargetUnusableException(
                $"the runtime in {folder} is for musl, the images are Debian's: make them on a machine with glibc")
            : Directory.Exists(Path.Combine(root, "host/fxr", version))
            ? (root, version)
            : throw new TargetUnusableException(
                $"no .NET runtime of its own in {folder}: the images need torture built without its runtime");
    }
}
