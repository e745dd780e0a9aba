using System.Diagnostics;
using Torture.Harness.Clusters;

namespace Torture.Targets.Containers.Links;

/// <summary>Commands of this machine about networks, in the network namespace of the thread that calls.</summary>
internal static class HostCommand
{
    /// <returns>What it says.</returns>
    /// <exception cref="TargetUnusableException">It was not done: what it complains of.</exception>
    public static string Require(string program, params string[] arguments)
    {
        var (said, complaint) = Do(program, arguments);
        return complaint is null
            ? said
            : throw new TargetUnusableException($"{program} {string.Join(' ', arguments)}: {complaint}");
    }

    /// <returns>Null: it was done; else what it complains of.</returns>
    public static string? Run(string program, params string[] arguments) => Do(program, arguments).Complaint;

    /// <summary>Done to a link, unless that is gone.</summary>
    /// <exception cref="TargetUnusableException">It is there, and it was not done: what it complains of.</exception>
    public static void RequireWhere(string link, string program, params string[] arguments)
    {
        if (Run(program, arguments) is { } complaint && Run("ip", "link", "show", link) is null)
        {
            throw new TargetUnusableException($"{program} {string.Join(' ', arguments)}: {complaint}");
        }
    }

    private static (string Said, string? Complaint) Do(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var complaint = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (said, process.ExitCode == 0 ? null : $"{complaint.Result.Trim()} (exit code {process.ExitCode})");
    }
}
