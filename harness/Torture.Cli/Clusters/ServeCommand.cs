using System.CommandLine;

namespace Torture.Cli.Clusters;

/// <summary><c>torture serve</c>: one node of the reference server, as <c>torture-node node</c> runs it.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var cluster = new Option<string>("--cluster") { Description = "The cluster file.", Required = true };
        var name = new Option<string>("--name") { Description = "Which of its nodes.", Required = true };
        var mutant = new Option<string?>("--mutant") { Description = "Which deliberate defect it shall have." };
        var command = new Command("serve", "Run one node of the reference server until it is told to end.")
        {
            cluster, name, mutant,
        };
        command.SetAction(parsed =>
        {
            string[] defect = parsed.GetValue(mutant) is { } chosen ? ["--mutant", chosen] : [];
            return Node.Program.Main(
                ["node", "--cluster", parsed.GetValue(cluster)!, "--name", parsed.GetValue(name)!, .. defect]);
        });
        return command;
    }
}
