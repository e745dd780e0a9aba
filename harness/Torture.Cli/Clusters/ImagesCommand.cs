using System.CommandLine;
using Torture.Targets.Containers.Engine;
using Torture.Targets.Containers.Images;

namespace Torture.Cli.Clusters;

/// <summary><c>torture cluster images</c>: what clusters in containers are made of.</summary>
internal static class ImagesCommand
{
    public static Command Create()
    {
        var rebuild = new Option<bool>("--rebuild") { Description = "Make them again, also those that are there." };
        var context = new Option<string?>("--context")
        {
            Description = "Only write there what they are built from, for another tool to build.",
        };
        var only = new Argument<string?>("image")
        {
            Description = "Only this one and what it needs: node or samba.", Arity = ArgumentArity.ZeroOrOne,
        };
        only.AcceptOnlyFromAmong("node", "samba");
        var command = new Command("images", "Make the images of clusters in containers that are missing.")
        {
            only, rebuild, context,
        };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(context) is { } folder
            ? WriteAsync(folder, cancellationToken)
            : MakeAsync(parsed.GetValue(only), parsed.GetValue(rebuild), cancellationToken));
        return command;
    }

    private static async Task<int> MakeAsync(string? only, bool rebuild, CancellationToken cancellationToken)
    {
        using var mark = RunMark.Begin("images");
        using var engine = await DockerEngine.ConnectAsync(mark, cancellationToken);
        if (only is not null && !rebuild)
        {
            var images = new ClusterImages();
            await images.EnsureAsync(
                only == "node" ? images.Node : images.Samba, engine, Console.Out.WriteLine, cancellationToken);
            return ExitCode.Conforms;
        }

        await new ClusterImages().EnsureAsync(engine, rebuild, Console.Out.WriteLine, cancellationToken);
        return ExitCode.Conforms;
    }

    private static async Task<int> WriteAsync(string folder, CancellationToken cancellationToken)
    {
        await new ClusterImages().WriteContextsAsync(folder, cancellationToken);
        Console.Out.WriteLine($"images: contexts of root, node and samba are in {folder}");
        return ExitCode.Conforms;
    }
}
