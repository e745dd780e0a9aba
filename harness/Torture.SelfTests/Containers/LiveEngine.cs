using System.Diagnostics;
using System.Formats.Tar;
using NUnit.Framework;
using Torture.Targets.Containers.Engine;

namespace Torture.SelfTests.Containers;

/// <summary>The engine of this machine, and an image of a few programs that this machine has anyway.</summary>
internal sealed class LiveEngine : IAsyncDisposable
{
    private static readonly string[] Programs = ["/bin/sh", "/bin/cat", "/bin/sleep", "/bin/ls"];
    private static readonly string[] Folders = ["tmp", "run", "data", "etc"];

    private LiveEngine(DockerEngine engine) => Engine = engine;

    public DockerEngine Engine { get; }

    public string Image => $"torture-selftest:{Engine.Mark.Key}";

    /// <summary>Ignores the test, loudly, where there is no engine.</summary>
    public static async Task<LiveEngine> RequireAsync(CancellationToken cancellationToken)
    {
        var mark = RunMark.Begin("selftest");
        try
        {
            var live = new LiveEngine(await DockerEngine.ConnectAsync(mark, cancellationToken));
            await using var root = await RootAsync(cancellationToken);
            await live.Engine.ImportImageAsync(
                root, live.Image, new Dictionary<string, string> { ["torture.selftest"] = "yes" }, cancellationToken);
            return live;
        }
        catch (EngineException none) when (none.Trouble is EngineTrouble.NoEngine or EngineTrouble.NoPermission)
        {
            mark.Dispose();
            Assert.Ignore(none.Message);
            throw;
        }
    }

    public ContainerSpec Idle(string name, params Attachment[] networks) =>
        new(Engine.Mark.NameOf(name), Image) { Networks = networks, Command = ["/bin/sleep", "600"] };

    public async Task<string> RunIdleAsync(string name, CancellationToken cancellationToken)
    {
        var id = await Engine.CreateContainerAsync(Idle(name), cancellationToken);
        await Engine.StartAsync(id, cancellationToken);
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        await Sweep.ThisRunAsync(Engine, CancellationToken.None);
        await Engine.RemoveImageAsync(Image, CancellationToken.None);
        Engine.Dispose();
        Engine.Mark.Dispose();
    }

    private static async Task<Stream> RootAsync(CancellationToken cancellationToken)
    {
        var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (var folder in Folders)
            {
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, folder), cancellationToken);
            }

            foreach (var file in Programs.Concat(await LibrariesAsync(cancellationToken)).Distinct())
            {
                await using var content = File.OpenRead(file);
                await writer.WriteEntryAsync(
                    new PaxTarEntry(TarEntryType.RegularFile, file[1..])
                    {
                        DataStream = content,
                        Mode = UnixFileMode.UserRead | UnixFileMode.UserExecute,
                    },
                    cancellationToken);
            }
        }

        tar.Position = 0;
        return tar;
    }

    private static async Task<IEnumerable<string>> LibrariesAsync(CancellationToken cancellationToken)
    {
        using var ldd = Process.Start(new ProcessStartInfo("ldd", Programs) { RedirectStandardOutput = true })!;
        var said = await ldd.StandardOutput.ReadToEndAsync(cancellationToken);
        await ldd.WaitForExitAsync(cancellationToken);
        return said.Split([' ', '\n', '\t']).Where(word => word.StartsWith('/') && !word.EndsWith(':'));
    }
}
