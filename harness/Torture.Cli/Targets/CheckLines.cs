using Torture.Harness.Reports;
using Torture.Targets.Hooks;

namespace Torture.Cli.Targets;

/// <summary>Findings about a target: a line each, tab-separated.</summary>
internal static class CheckLines
{
    public static void Print(CheckLine line) => Console.Out.WriteLine(
        $"{Word(line.Grade)}\t{ReportText.Printed(line.About)}\t{ReportText.Printed(line.Said)}");

    public static int ExitCodeOf(Grade worst, int failed) => worst switch
    {
        Grade.Failed => failed,
        Grade.Doubtful => ExitCode.Incomplete,
        _ => ExitCode.Conforms,
    };

    private static string Word(Grade grade) => grade switch
    {
        Grade.Ok => "ok",
        Grade.None => "-",
        Grade.Doubtful => "doubt",
        _ => "FAIL",
    };
}
