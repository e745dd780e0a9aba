using System.CommandLine;
using Torture.Harness.Reports;

namespace Torture.Cli.Run;

/// <summary><c>torture report</c>: the report again, from what a run left.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var folder = StoredRun.Folder();
        var command = new Command("report", "Write the reports of a stored run again: HTML, TRX, JUnit, JSON.")
        {
            folder,
        };
        command.SetAction(parsed => StoredRun.Use(
            parsed.GetValue(folder)!,
            path =>
            {
                Console.Out.WriteLine(ReportWriter.WriteAll(path));
                return ExitCode.Conforms;
            }));
        return command;
    }
}
