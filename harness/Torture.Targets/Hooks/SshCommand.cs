using System.Text;

namespace Torture.Targets.Hooks;

/// <summary>The arguments of the system's ssh for a step.</summary>
internal static class SshCommand
{
    public static IReadOnlyList<string> ArgumentsOf(SshStep step)
    {
        var seconds = Math.Max(1, (int)step.Deadline.TotalSeconds);
        // What runs there is one string for the login shell of the other side.
        var command = step.PowerShell is { } script
            ? $"powershell -NoProfile -NonInteractive -EncodedCommand {Encode(script)}"
            : string.Join(' ', step.Arguments.Select(Quote));
        return
        [
            step.Ssh.Program, "-o", "BatchMode=yes", "-o", $"ConnectTimeout={seconds}", .. step.Ssh.Options, "--",
            step.Host, command,
        ];
    }

    /// <summary>PowerShell takes a script in Base64 of UTF-16, which no shell on the way can misread.</summary>
    private static string Encode(string script) => Convert.ToBase64String(Encoding.Unicode.GetBytes(
        $"$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue'; {script}"));

    private static string Quote(string argument) =>
        argument.Length > 0
        && argument.All(letter => char.IsAsciiLetterOrDigit(letter) || "_-./:=,@%+".Contains(letter))
            ? argument
            : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
