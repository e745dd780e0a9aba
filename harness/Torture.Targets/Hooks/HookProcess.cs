using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Torture.Targets.Hooks;

/// <summary>A program that a hook runs: no shell, no standard input, an end with all that it started.</summary>
internal static partial class HookProcess
{
    private const int MostOutput = 1 << 20;
    private const int Kill = 9;

    /// <summary>After its end its output is complete, unless somebody that it left behind still holds it.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromMilliseconds(500);

    /// <returns>Its standard output.</returns>
    /// <exception cref="HookException">It does not start, or ends with another code than 0.</exception>
    public static async Task<string> RunAsync(
        IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> variables,
        CancellationToken cancellationToken)
    {
        using var process = Start(arguments, folder, variables);
        process.StandardInput.Close();
        var (output, complaints) = (new Output(process.StandardOutput), new Output(process.StandardError));
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            End(process);
            throw;
        }

        await Task.WhenAny(
            Task.WhenAll(output.Reading, complaints.Reading), Task.Delay(Drain, cancellationToken));
        return process.ExitCode == 0
            ? output.Text
            : throw new HookException(
                $"ended with {process.ExitCode}: {complaints.Last ?? output.Last ?? "it said nothing"}");
    }

    private static Process Start(
        IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> variables)
    {
        var program = Find(arguments[0], folder)
            ?? throw new HookException($"no program '{arguments[0]}': it is neither a path nor on PATH");
        var session = OperatingSystem.IsWindows() ? null : Find("setsid", folder);
        var start = new ProcessStartInfo(session ?? program)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in session is null ? arguments.Skip(1) : arguments.Skip(1).Prepend(program))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception refused)
        {
            throw new HookException($"{program} does not start: {refused.Message}", refused);
        }
    }

    private static string? Find(string program, string folder)
    {
        if (program.Contains('/') || (OperatingSystem.IsWindows() && program.Contains('\\')))
        {
            var path = Path.GetFullPath(program, folder);
            return File.Exists(path) ? path : null;
        }

        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd", ""] : [""];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(place => endings.Select(ending => Path.Combine(place, program + ending)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Children by their parents; by their session also those whose parent is gone.</summary>
    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended meanwhile.
        }

        if (!OperatingSystem.IsWindows())
        {
            _ = kill(-process.Id, Kill);
        }
    }

    /// <summary>kill(2); a negative number is a process group.</summary>
    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    /// <summary>What a program prints: read to the end, its beginning kept.</summary>
    private sealed class Output
    {
        private readonly StringBuilder _text = new();
        private readonly StreamReader _reader;

        public Output(StreamReader reader)
        {
            _reader = reader;
            Reading = ReadAsync();
        }

        public Task Reading { get; }

        public string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        /// <summary>The last line that says anything.</summary>
        public string? Last
        {
            get
            {
                var line = Text.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0);
                return line?[..Math.Min(line.Length, 300)];
            }
        }

        private async Task ReadAsync()
        {
            var part = new char[4096];
            try
            {
                while (await _reader.ReadAsync(part) is > 0 and var count)
                {
                    lock (_text)
                    {
                        _text.Append(part, 0, Math.Min(count, MostOutput - _text.Length));
                    }
                }
            }
            catch (Exception closed) when (closed is IOException or ObjectDisposedException
                or OperationCanceledException)
            {
                // The program has ended, and somebody that it left behind still held its output.
            }
        }
    }
}
