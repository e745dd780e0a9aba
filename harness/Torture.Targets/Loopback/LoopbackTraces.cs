using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Loopback;

/// <summary>
/// What a loopback cluster makes on its host, besides logs: sockets and lock in a folder, the cluster file, a route.
/// Its supervisor removes them; where that was killed too, whoever holds the network's claim does.
/// </summary>
internal sealed partial record LoopbackTraces(string ControlFolder, string ClusterFile)
{
    private const int MaximumRecord = 8192;

    /// <summary>A name that nobody has; short, since the path of a unix socket has 107 bytes at most.</summary>
    public static string NewControlFolder() => Path.Combine(
        Path.GetTempPath(),
        "torture-" + System.Security.Cryptography.RandomNumberGenerator.GetHexString(12, lowercase: true));

    public void Write(FileStream claim)
    {
        claim.SetLength(0);
        claim.Position = 0;
        claim.Write(Encoding.UTF8.GetBytes($"{ControlFolder}\n{Path.GetFullPath(ClusterFile)}\n"));
        claim.Flush();
    }

    /// <returns>Null where there is nothing that a loopback cluster has written.</returns>
    public static LoopbackTraces? Read(FileStream claim)
    {
        var text = new byte[MaximumRecord];
        claim.Position = 0;
        var count = claim.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(text, 0, count).Split('\n') is [var folder, var file, ""]
            && folder == Path.Combine(Path.GetTempPath(), Path.GetFileName(folder))
            && ControlFolderName().IsMatch(Path.GetFileName(folder))
                ? new LoopbackTraces(folder, file)
                : null;
    }

    /// <param name="route">Prefix of the network whose claim is held.</param>
    /// <param name="told">Told a line for each thing that was there, or that cannot be removed.</param>
    /// <returns>False: something is left; the supervisor is about to remove it, or somebody must help.</returns>
    public bool TryRemove(string route, Action<string> told)
    {
        try
        {
            // The folder is made first and removed after the route, so without it there is none.
            if (Directory.Exists(ControlFolder) && !TryRemoveFolder(route, told))
            {
                return false;
            }

            if (IsOurClusterFile())
            {
                File.Delete(ClusterFile);
                told(ClusterFile);
            }

            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            told($"not {ControlFolder}, by hand please: {refused.Message}");
            return false;
        }
    }

    private bool TryRemoveFolder(string route, Action<string> told)
    {
        using var supervisor = SupervisorLock();
        if (supervisor is null)
        {
            return false;
        }

        if (TryRemoveRoute(route))
        {
            told($"route {route}");
        }

        Directory.Delete(ControlFolder, recursive: true);
        told(ControlFolder);
        return true;
    }

    private FileStream? SupervisorLock()
    {
        try
        {
            return new FileStream(
                ControlSocket.SupervisorLockOf(ControlFolder), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.None, 1);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool TryRemoveRoute(string route)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return false;
        }

        try
        {
            using var ip = Process.Start(new ProcessStartInfo(
                "ip", ["-6", "route", "del", "local", route, "dev", "lo"]) { RedirectStandardError = true })!;
            ip.WaitForExit();
            return ip.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // Without the program there was never a route.
            return false;
        }
    }

    /// <summary>The record can be written by anybody: only a cluster file of this very cluster is removed.</summary>
    private bool IsOurClusterFile()
    {
        try
        {
            return Torture.ReferenceServer.Control.ClusterFile.Load(ClusterFile).ControlFolder == ControlFolder;
        }
        catch (ConfigurationException)
        {
            return false;
        }
    }

    [GeneratedRegex("^torture-[0-9a-f]{12}$")]
    private static partial Regex ControlFolderName();
}
