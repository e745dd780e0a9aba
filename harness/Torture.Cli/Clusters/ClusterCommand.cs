using System.CommandLine;
using Torture.Cli.Run;
using Torture.Harness.Clusters;
using Torture.Harness.Running;

namespace Torture.Cli.Clusters;

/// <summary><c>torture cluster</c>: a cluster by hand, to look at it and to break it.</summary>
internal static class ClusterCommand
{
    public static Command Create() => new("cluster", "Bring a cluster up by hand, look at it, break and heal it.")
    {
        Up(),
        DownCommand.Create(),
        Status(),
        Break(),
        HealCommand.Create(),
        Logs(),
        ImagesCommand.Create(),
    };

    private static readonly Option<bool> Json = new("--json") { Description = "For machines." };

    private static Command Up()
    {
        var background = new Option<bool>(BackgroundUp.Word)
        {
            Description = "Return once it is up, and leave it to another process.",
        };
        var up = new Command("up", "Bring a cluster up; it lives until Ctrl-C or `torture cluster down`.")
        {
            TargetOptionsOf.Target, TargetOptionsOf.Nodes, TargetOptionsOf.Mutant, TargetOptionsOf.Set,
            TargetOptionsOf.Out, background, Json,
        };
        up.SetAction((parsed, cancellationToken) => parsed.GetValue(background)
            ? BackgroundUp.RunAsync(parsed.Tokens.Select(token => token.Value), cancellationToken)
            : UpAsync(TargetOptionsOf.Read(parsed), parsed.GetValue(Json), cancellationToken));
        return up;
    }

    private static async Task<int> UpAsync(RunOptions wish, bool json, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(wish.Out, "cluster")).FullName;
        using var down = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await ClusterHost.RefuseSecondAsync(cancellationToken);
            await using var cluster = await TargetCatalogue.Get(wish.Target).UpAsync(
                new TargetOptions
                {
                    Name = wish.Target, RunId = "by-hand", Folder = folder, Nodes = wish.Nodes, Mutant = wish.Mutant,
                    Settings = wish.Settings, Log = Console.Error.WriteLine,
                },
                down.Token);
            Console.Out.WriteLine(json ? ClusterValues.Json(cluster) : Describe(cluster, folder));
            await new ClusterHost(cluster, down).ServeAsync();
            return ExitCode.Conforms;
        }
        catch (TargetUnusableException unusable)
        {
            Console.Error.WriteLine($"torture: {unusable.Message}");
            return ExitCode.Unusable;
        }
    }

    private static string Describe(ICluster cluster, string folder) => string.Join('\n',
        $"up: {cluster.Id}, net name {cluster.NetName}",
        $"nodes\t{string.Join(' ', cluster.Nodes.Select(node => $"{node}={node.Address}"))}",
        $"public\t{string.Join(' ', cluster.PublicAddresses)}",
        $"logs\t{folder}");

    private static Command Status()
    {
        var command = new Command(
            "status", "States, owners and registrations, tab-separated; or as the hook observe prints them.") { Json };
        command.SetAction((parsed, cancellationToken) => ClusterHost.AskAsync(
            parsed.GetValue(Json) ? ["status", "--json"] : ["status"], cancellationToken));
        return command;
    }

    private static Command Break()
    {
        var fault = new Argument<string[]>("fault")
        {
            Description = "What shall break:\n" + FaultWords.Help,
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("break", "Break something in the cluster that is up.") { fault };
        command.SetAction((parsed, cancellationToken) =>
            ClusterHost.AskAsync(["break", .. parsed.GetValue(fault)!], cancellationToken));
        return command;
    }

    private static Command Logs()
    {
        var node = new Argument<string>("node") { Description = "Name of a node." };
        var command = new Command("logs", "Print the log of a node.") { node };
        command.SetAction((parsed, cancellationToken) =>
            ClusterHost.AskAsync(["logs", parsed.GetValue(node)!], cancellationToken));
        return command;
    }

    private static Command Ask(string word, string description)
    {
        var command = new Command(word, description);
        command.SetAction((_, cancellationToken) => ClusterHost.AskAsync([word], cancellationToken));
        return command;
    }
}
