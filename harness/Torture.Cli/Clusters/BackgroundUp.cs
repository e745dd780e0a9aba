using System.Diagnostics;

namespace Torture.Cli.Clusters;

/// <summary>
/// <c>torture cluster up --background</c>: another process has the cluster; this one ends once it is up, so that a
/// script or a hook can go on.
/// </summary>
internal static class BackgroundUp
{
    public const string Word = "--background";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <param name="arguments">Of this command.</param>
    public static async Task<int> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(arguments.Where(argument => argument != Word));
        process.StandardInput.Close();
        var complaints = process.StandardError.ReadToEndAsync(cancellationToken);
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            Console.Out.WriteLine(line);
            if (IsLast(line))
            {
                return await UntilItAnswersAsync(cancellationToken);
            }
        }

        await process.WaitForExitAsync(cancellationToken);
        Console.Error.Write(await complaints);
        return process.ExitCode == 0 ? ExitCode.Unusable : process.ExitCode;
    }

    /// <summary>A session of its own: who ends this command's does not end the cluster.</summary>
    private static Process Start(IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [typeof(BackgroundUp).Assembly.Location]
            : [];
        var isApart = File.Exists("/usr/bin/setsid");
        var start = new ProcessStartInfo(isApart ? "/usr/bin/setsid" : program)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in (isApart ? [program] : Array.Empty<string>()).Concat(host).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static bool IsLast(string line) =>
        line.StartsWith('{') || line.StartsWith("logs\t", StringComparison.Ordinal);

    private static async Task<int> UntilItAnswersAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        while (!await ClusterHost.IsUpAsync(limit.Token))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }

        return ExitCode.Conforms;
    }
}
