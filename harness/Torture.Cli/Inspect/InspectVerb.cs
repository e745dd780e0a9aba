using System.CommandLine;

namespace Torture.Cli.Inspect;

/// <summary><c>torture inspect</c> on the command line.</summary>
internal static class InspectVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "A pcap or pcapng file." };
        var keys = new Option<string?>("--keys")
        {
            Description = "keys.json of a run: opens sealed and checks signed traffic. Looked for beside the file.",
        };
        var json = new Option<bool>("--json") { Description = "An object a line." };
        var latency = new Option<bool>("--latency") { Description = "Also T0 to T7 of each failover." };
        var command = new Command(
            "inspect", "Print every witness call and notification of a capture; 1 if one violates a requirement.")
        {
            file, keys, json, latency,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "keys.json");
            return InspectCommand.Run(
                path, parsed.GetValue(keys) ?? (File.Exists(beside) ? beside : null),
                new InspectOptions(parsed.GetValue(json), parsed.GetValue(latency)), Console.Out);
        });
        return command;
    }
}
