using System.Formats.Tar;
using FluentAssertions;
using NUnit.Framework;
using Torture.SelfTests.Loopback;
using Torture.Targets.Containers.Images;

namespace Torture.SelfTests.Containers;

/// <summary>What an image is made of, and the name that changes with it.</summary>
[CancelAfter(30_000)]
public sealed class ImageContextTests
{
    [Test]
    public void NamesChangeWithContentAndWithWhatIsBelow()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "f");
        File.WriteAllText(file, "one");
        string Hash(string below, bool bySize = false) =>
            new ImageContext().WithFile("app/f", file, bySize).Hash(below);
        var (before, bySize) = (Hash("root:1"), Hash("root:1", true));

        Hash("root:1").Should().Be(before);
        Hash("root:2").Should().NotBe(before);
        new ImageContext().WithFile("app/g", file).Hash("root:1").Should().NotBe(before);
        File.WriteAllText(file, "two");
        Hash("root:1").Should().NotBe(before);
        Hash("root:1", true).Should().Be(bySize, "only its length counts");
    }

    [Test]
    public async Task TarAndFolderHoldTheSame(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var context = new ImageContext().WithFixture("samba/Dockerfile", "Dockerfile").WithFixtures("common")
            .WithFixture("samba/smb.conf");

        await context.WriteToAsync(folder.Path, cancellationToken);
        var inTar = new Dictionary<string, UnixFileMode>();
        await using (var reader = new TarReader(context.OpenTar(cancellationToken)))
        {
            while (await reader.GetNextEntryAsync(cancellationToken: cancellationToken) is { } entry)
            {
                inTar[entry.Name] = entry.Mode;
            }
        }

        inTar.Keys.Should().BeEquivalentTo(
            "Dockerfile", "common/ctdb-addresses", "common/ctdb-lock", "common/ctdb-node", "common/torture-entry",
            "samba/smb.conf");
        inTar["common/ctdb-node"].Should().HaveFlag(UnixFileMode.GroupExecute, "scripts are run");
        inTar["samba/smb.conf"].Should().NotHaveFlag(UnixFileMode.UserExecute);
        Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder.Path, file)).Should().BeEquivalentTo(inTar.Keys);
    }

    [Test]
    public async Task TheNodeIsCompleteWithoutAnSdk(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();

        await new ClusterImages().WriteContextsAsync(folder.Path, cancellationToken);

        var node = Path.Combine(folder.Path, "node");
        Directory.GetFiles(Path.Combine(node, "app")).Select(Path.GetFileName).Should().Contain(
            ["torture-node", "torture-node.dll", "Torture.ReferenceServer.dll", "Torture.Protocol.dll"])
            .And.NotContain("nunit.framework.dll");
        Directory.GetFiles(Path.Combine(node, "dotnet"), "*.so", SearchOption.AllDirectories)
            .Select(Path.GetFileName).Should().Contain(["libhostfxr.so", "libhostpolicy.so", "libcoreclr.so"]);
    }
}
