using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Torture.Harness.Running;

namespace Torture.Cli.Run;

/// <summary><c>torture list</c>: the cases.</summary>
internal static partial class ListCommand
{
    public static Command Create()
    {
        var cases = new Argument<string[]>("cases")
        {
            Description = "Cases, fixtures or suites by the beginning of their id.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var json = new Option<bool>("--json") { Description = "An array of {id, requirements, needs}." };
        var command = new Command("list", "List cases, tab-separated: id, requirements, needs.") { cases, json };
        command.SetAction(parsed =>
        {
            var rows = new SuiteRunner().Select(parsed.GetValue(cases)!)
                .Select(planned => new Row(
                    planned.Id, planned.Requirements, [.. planned.Needs.Select(need => need.ToString())]))
                .ToArray();
            Write(rows, parsed.GetValue(json));
            return rows.Length > 0 ? ExitCode.Conforms : ExitCode.NoCaseMatched;
        });
        return command;
    }

    private static void Write(Row[] rows, bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(rows, Json.Default.RowArray));
            return;
        }

        foreach (var row in rows)
        {
            Console.Out.WriteLine($"{row.Id}\t{string.Join(',', row.Requirements)}\t{string.Join(',', row.Needs)}");
        }
    }

    internal sealed record Row(string Id, IReadOnlyList<string> Requirements, IReadOnlyList<string> Needs);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
    [JsonSerializable(typeof(Row[]))]
    private sealed partial class Json : JsonSerializerContext;
}
