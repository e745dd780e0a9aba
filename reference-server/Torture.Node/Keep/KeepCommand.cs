using System.Runtime.Versioning;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Node.Keep;

/// <summary>
/// <c>torture-node keep</c>. Its one thread that spawns lives as long as the process: the nodes die with that thread.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class KeepCommand
{
    public static int Run(string file)
    {
        Native.LeaveSession();
        var cluster = ClusterFile.Load(file);
        using var alive = LockFolder(cluster.ControlFolder);
        var keeper = new Keeper(Path.GetFullPath(file), cluster, Console.OpenStandardOutput());
        try
        {
            using var port = cluster.Supervisor is { } path ? new ControlPort(path, keeper.ServeAsync) : null;
            ReadRequests(keeper);
        }
        finally
        {
            keeper.KillAll();
            Clean(cluster, file);
        }

        return 0;
    }

    /// <summary>Whoever can lock it too knows that this process has ended, and may clean up.</summary>
    private static FileStream LockFolder(string folder)
    {
        ControlPort.MakeFolder(folder);
        try
        {
            return new FileStream(
                ControlSocket.SupervisorLockOf(folder), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{folder} has a supervisor already: {refused.Message}", refused);
        }
    }

    private static void ReadRequests(Keeper keeper)
    {
        var lines = new LineStream(Console.OpenStandardInput(), Keeper.MaximumLine);
        while (!lines.IsBroken)
        {
            try
            {
                // Waited for on this very thread, which spawns.
                var read = lines.ReadAsync(KeepJson.Default.KeepRequest, CancellationToken.None).AsTask();
                if (read.GetAwaiter().GetResult() is not { } request)
                {
                    return;
                }

                keeper.Tell(keeper.Execute(request));
            }
            catch (InvalidDataException refused)
            {
                keeper.Tell(new KeepMessage { Error = refused.Message });
            }
        }
    }

    /// <summary>What a cluster leaves on its host: sockets, lock, route. The cluster file goes last.</summary>
    private static void Clean(ClusterConfiguration cluster, string file)
    {
        RemoveRoutes(cluster);
        Remove(() => Directory.Delete(cluster.ControlFolder, recursive: true));
        Remove(() => File.Delete(file));
    }

    private static void RemoveRoutes(ClusterConfiguration cluster)
    {
        foreach (var route in cluster.Routes)
        {
            Remove(() => System.Diagnostics.Process
                .Start("ip", ["-6", "route", "del", "local", route, "dev", "lo"]).WaitForExit());
        }
    }

    private static void Remove(Action remove)
    {
        try
        {
            remove();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException
            or System.ComponentModel.Win32Exception)
        {
        }
    }
}
