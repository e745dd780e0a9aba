using System.Diagnostics;

namespace Torture.Cli.Setup;

/// <summary>Runs a program of the system until it ends.</summary>
internal delegate ToolResult RunTool(string program, params string[] arguments);

/// <summary>How a program ended.</summary>
/// <param name="Said">On standard output and standard error.</param>
internal sealed record ToolResult(int ExitCode, string Said)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The line that says why: apt's first error, else the last line.</summary>
    public string Why
    {
        get
        {
            var lines = Said.TrimEnd().Split('\n');
            return lines.FirstOrDefault(line => line.StartsWith("E: ", StringComparison.Ordinal)) ?? lines[^1];
        }
    }
}

/// <summary>Programs as processes of this machine: asked nothing, answering in English.</summary>
internal static class Tool
{
    public static ToolResult Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return new ToolResult(process.ExitCode, string.Concat(output.Result));
    }
}
