namespace Torture.ReferenceServer.Control;

/// <summary>Where the ports of a node for its own host are.</summary>
public static class ControlSocket
{
    /// <summary>sun_path has 108 bytes, the last one zero.</summary>
    public const int MaximumPath = 107;

    public static string PathOf(ClusterConfiguration cluster, string node) =>
        Path.Combine(cluster.ControlFolder, node + ".sock");

    /// <summary>Where its ctdbd's helper asks for the cluster lock.</summary>
    public static string LockOf(ClusterConfiguration cluster, string node) =>
        Path.Combine(cluster.ControlFolder, node + ".lock");

    /// <summary>A file that the supervisor keeps locked for as long as it lives.</summary>
    public static string SupervisorLockOf(string controlFolder) => Path.Combine(controlFolder, "keep.lock");

    internal static string? PathFault(ClusterConfiguration cluster)
    {
        var longest = cluster.Nodes.Select(node => PathOf(cluster, node.Name))
            .Append(cluster.Supervisor ?? "")
            .MaxBy(System.Text.Encoding.UTF8.GetByteCount)!;
        return System.Text.Encoding.UTF8.GetByteCount(longest) > MaximumPath
            ? $"controlFolder: {longest} is longer than the {MaximumPath} bytes that a unix socket's path can have"
            : null;
    }
}
