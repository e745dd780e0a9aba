using Torture.Harness.Clusters;

namespace Torture.SelfTests.Loopback;

/// <summary>Where a cluster of a test keeps its files; removed afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("torture-selftest-").FullName;

    public TargetOptions Options => new() { Name = "loopback", RunId = "selftest", Folder = Path };

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
