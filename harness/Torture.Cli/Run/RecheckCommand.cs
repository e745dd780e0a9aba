using System.CommandLine;
using Torture.Harness.Reports;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.Cli.Run;

/// <summary><c>torture recheck</c>: the verdicts again, from histories and captures of a stored run.</summary>
internal static class RecheckCommand
{
    public static Command Create()
    {
        var folder = StoredRun.Folder();
        var write = new Option<bool>("--write") { Description = "Put the verdicts of now into results.json." };
        var command = new Command(
            "recheck",
            "Judge a stored run again, without a cluster: read each value again from the capture, run all checkers.")
        {
            folder,
            write,
        };
        command.SetAction(parsed => StoredRun.Use(
            parsed.GetValue(folder)!, path => Judge(path, parsed.GetValue(write))));
        return command;
    }

    private static int Judge(string folder, bool write)
    {
        var recheck = Recheck.Of(folder);
        foreach (var difference in recheck.Differences)
        {
            Console.Out.WriteLine(
                $"{difference.Id}\t{difference.Before}\t{difference.After}\t{difference.Why.ReplaceLineEndings(" ")}");
        }

        if (write)
        {
            ResultsFile.Write(folder, recheck.Results);
            ReportWriter.WriteAll(folder);
        }

        var cases = recheck.Results.Cases;
        var confirmed = cases.Sum(result => result.Checks.Count(check => check.Wire == WireConfirmation.Confirmed));
        var recorded = cases.Sum(result => result.Checks.Count(
            check => check.Checker is null && check.Wire == WireConfirmation.RecordedOnly));
        Console.Out.WriteLine(
            $"{cases.Count} cases judged again, {recheck.Differences.Count} with another verdict;"
            + $" {confirmed} values read again from packets, {recorded} recorded only");
        return recheck.Differences.Count > 0 ? ExitCode.ProductFailure : Verdicts.ExitCodeOf(recheck.Results);
    }
}
