using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Torture.Harness.Clusters;
using Torture.Targets.Containers.Engine;

namespace Torture.Targets.Containers.Images;

/// <summary>
/// The images of container clusters, named by what they are made of: one root with Debian's packages, and on it a node
/// of the reference server and a node of Samba.
/// </summary>
internal sealed class ClusterImages
{
    public const string Label = "torture.image";

    /// <summary>Of several clusters that come up at once one makes what all need.</summary>
    private static readonly SemaphoreSlim Making = new(1, 1);

    private readonly ImageContext _root = new ImageContext()
        .WithFixture("root/Dockerfile", "Dockerfile").WithFixture("packages.txt");

    private readonly ImageContext _node = new ImageContext()
        .WithFixture("node/Dockerfile", "Dockerfile").WithFixtures("common").WithNodeProgram();

    private readonly ImageContext _samba = new ImageContext()
        .WithFixture("samba/Dockerfile", "Dockerfile").WithFixtures("common").WithFixture("samba/samba-node")
        .WithFixture("samba/smb.conf").WithFixture("samba/samba-dcerpcd");

    public ClusterImages()
    {
        Root = $"torture-root:{_root.Hash("")}";
        Node = $"torture-node:{_node.Hash(Root)}";
        Samba = $"torture-samba:{_samba.Hash(Root)}";
    }

    public string Root { get; }

    public string Node { get; }

    public string Samba { get; }

    /// <summary>Makes what is missing. Only the root needs the package mirror.</summary>
    /// <exception cref="TargetUnusableException">One line that says what to do.</exception>
    public Task EnsureAsync(
        IContainerEngine engine, bool rebuild, Action<string> say, CancellationToken cancellationToken) =>
        EnsureAsync([Node, Samba], engine, rebuild, say, cancellationToken);

    /// <summary>Makes what is missing of one, <see cref="Node"/> or <see cref="Samba"/>.</summary>
    /// <exception cref="TargetUnusableException">One line that says what to do.</exception>
    public Task EnsureAsync(
        string image, IContainerEngine engine, Action<string> say, CancellationToken cancellationToken) =>
        EnsureAsync([image], engine, rebuild: false, say, cancellationToken);

    private async Task EnsureAsync(
        string[] images, IContainerEngine engine, bool rebuild, Action<string> say,
        CancellationToken cancellationToken)
    {
        RequireArchitecture(engine.Version);
        await Making.WaitAsync(cancellationToken);
        try
        {
            await EnsureAsync(Root, MakeRootAsync);
            foreach (var image in images)
            {
                await EnsureAsync(image, token => BuildAsync(engine, image == Node ? _node : _samba, image, token));
            }
        }
        finally
        {
            Making.Release();
        }

        async Task EnsureAsync(string tag, Func<CancellationToken, Task> make)
        {
            if (!rebuild && await engine.FindImageAsync(tag, cancellationToken) is not null)
            {
                say($"images: {tag} is there");
                return;
            }

            var started = Stopwatch.GetTimestamp();
            await make(cancellationToken);
            var size = (await engine.FindImageAsync(tag, cancellationToken))?.Size ?? 0;
            say(string.Create(
                CultureInfo.InvariantCulture,
                $"images: {tag} made in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, {size / 1e6:0} MB"));
        }

        async Task MakeRootAsync(CancellationToken token)
        {
            if (RootFileSystem.Tool is not { } tool)
            {
                say($"images: {Root}: Debian trixie with Samba and CTDB, from debian:trixie-slim of a registry, once");
                await BuildAsync(engine, _root, Root, token, hasNetwork: true);
                return;
            }

            say($"images: {Root}: Debian trixie with Samba and CTDB, by mmdebstrap from the package mirror, once");
            await using var root = RootFileSystem.Make(tool);
            await engine.ImportImageAsync(root, Root, LabelsOf(Root), token);
        }
    }

    /// <summary>Writes what node and Samba image are built from, for another tool to build.</summary>
    public async Task WriteContextsAsync(string folder, CancellationToken cancellationToken)
    {
        foreach (var (name, context) in new[] { ("root", _root), ("node", _node), ("samba", _samba) })
        {
            await context.WriteToAsync(Path.Combine(folder, name), cancellationToken);
        }
    }

    private async Task BuildAsync(
        IContainerEngine engine, ImageContext context, string tag, CancellationToken cancellationToken,
        bool hasNetwork = false)
    {
        await using var tar = context.OpenTar(cancellationToken);
        await engine.BuildImageAsync(
            tar,
            new ImageBuild(tag)
            {
                Labels = LabelsOf(tag),
                Arguments = new Dictionary<string, string> { ["ROOT"] = Root },
                HasNetwork = hasNetwork,
            },
            cancellationToken);
    }

    private static Dictionary<string, string> LabelsOf(string tag) => new() { [Label] = tag };

    private static void RequireArchitecture(EngineVersion engine)
    {
        var here = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "amd64",
            Architecture.Arm64 => "arm64",
            var other => other.ToString(),
        };
        if (engine.Architecture != here)
        {
            throw new TargetUnusableException(
                $"the engine runs {engine.Architecture} and this torture {here}: make the images on a machine like it");
        }
    }
}
