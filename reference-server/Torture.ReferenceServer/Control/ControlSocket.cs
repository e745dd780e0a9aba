namespace Torture.ReferenceServer.Control;

/// <summary>Where the control port of a node is.</summary>
public static class ControlSocket
{
    /// <summary>sun_path has 108 bytes, the last one zero.</summary>
    public const int MaximumPath = 107;

    public static string PathOf(ClusterConfiguration cluster, string node) =>
        Path.Combine(cluster.ControlFolder, node + ".sock");

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
