using System.Diagnostics;
using NUnit.Framework;
using Torture.Cli.Setup;
using Torture.Harness.Clusters;

namespace Torture.SelfTests.ForeignEyes;

/// <summary>Samba's own programs, in a root of their own; the network is ours.</summary>
internal sealed class ForeignRoot : IDisposable
{
    private readonly string _authentication;

    public ForeignRoot(Account account)
    {
        var name = $"torture-{Environment.ProcessId}-{Path.GetRandomFileName()}";
        _authentication = $"/tmp/{name}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(Path.Combine(Prerequisites.ForeignRoot, "tmp", name), options);
        using var writer = new StreamWriter(file);
        writer.Write($"username = {account.User}\npassword = {account.Password}\ndomain = {account.Domain}\n");
    }

    /// <summary>Ignores the test, loudly, where the programs cannot be had.</summary>
    public static void Require()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("chroot needs root on Linux: run the self-tests as root");
        }

        if (!File.Exists(Path.Combine(Prerequisites.ForeignRoot, "usr/bin/smbtorture")))
        {
            Assert.Ignore($"no smbtorture in {Prerequisites.ForeignRoot}: make it with "
                + "`dotnet run --project harness/Torture.Cli -- setup --foreign`");
        }
    }

    /// <summary>Starts a program; credentials come from a file, never from an argument.</summary>
    public Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(
        "chroot", [Prerequisites.ForeignRoot, program, "-A", _authentication, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    public async Task<(int ExitCode, string Output)> RunAsync(
        CancellationToken cancellationToken, string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        try
        {
            var said = await Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(cancellationToken),
                process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, string.Concat(said));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public void Dispose() => File.Delete(Prerequisites.ForeignRoot + _authentication);
}
