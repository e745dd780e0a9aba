using System.CommandLine;
using System.Diagnostics;
using System.Reflection;
using Torture.Harness.Clusters;
using Torture.Protocol;

namespace Torture.Cli.Bench;

/// <summary><c>torture bench</c>: how fast and how small the protocol and the reference server are.</summary>
internal static class BenchCommand
{
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "An array of {bench, name, value, unit, goal, met} instead of lines.",
        Recursive = true,
    };

    public static Command Create() => new(
        "bench",
        "Measure speed and size on this machine. Each line is bench, figure, value, unit, goal and whether it was met, "
        + "tab-separated. Both ends share the machine: run it alone, built with --configuration Release, and compare "
        + "figures of one run only.")
    {
        Json,
        NdrBench.Create(),
        RpcBench.Create(),
        RegisterBench.Create(),
        FanoutBench.Create(),
        ChurnBench.Create(),
        FailoverBench.Create(),
        UpBench.Create(),
        SimulationBench.Create(),
    };

    /// <summary>An option that takes whole numbers above zero.</summary>
    public static Option<int> Count(string name, int standard, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var count) && count < 1)
            {
                result.AddError($"{name} is 1 or more, not {count}");
            }
        });
        return option;
    }

    /// <summary>Runs a measurement; what prevents it is one line.</summary>
    public static async Task<int> MeasureAsync(ParseResult parsed, string bench, Func<Figures, Task> measure)
    {
        if (IsUnoptimized(typeof(ProtocolException).Assembly))
        {
            Console.Error.WriteLine("torture bench: built for debugging: figures need --configuration Release");
        }

        var figures = new Figures(bench, Console.Out, parsed.GetValue(Json));
        try
        {
            await measure(figures);
            figures.End();
            return ExitCode.Conforms;
        }
        catch (NotSupportedException lacking)
        {
            Console.Error.WriteLine($"torture bench: NotSupported: {lacking.Message}");
            return ExitCode.Unusable;
        }
        catch (Exception failed) when (failed is TargetUnusableException or InconclusiveException
            or ProtocolException or IOException)
        {
            Console.Error.WriteLine($"torture bench: {failed.Message}");
            return ExitCode.Unusable;
        }
    }

    private static bool IsUnoptimized(Assembly assembly) =>
        assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };
}
