using System.Runtime.Versioning;
using System.Text.Json;
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

    private static void ReadRequests(Keeper keeper)
    {
        while (Console.In.ReadLine() is { } line)
        {
            KeepRequest? request;
            try
            {
                request = JsonSerializer.Deserialize(line, KeepJson.Default.KeepRequest);
            }
            catch (JsonException refused)
            {
                keeper.Tell(new KeepMessage { Error = refused.Message });
                continue;
            }

            if (request is not null)
            {
                keeper.Tell(keeper.Execute(request));
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
