using System.Net.Sockets;
using Torture.ReferenceServer.Control;

namespace Torture.Node;

/// <summary>
/// <c>torture-node control</c>: whoever can start a program beside a node, and not enter its sockets' folder, speaks
/// with it through standard input and output.
/// </summary>
internal static class ControlCommand
{
    /// <summary>Until standard input has ended and all was answered, or the node ends.</summary>
    /// <exception cref="ConfigurationException">No such node, or it does not answer.</exception>
    public static async Task<int> RunAsync(string file, string node)
    {
        var cluster = ClusterFile.Load(file);
        var path = ControlSocket.PathOf(cluster, cluster.Node(node).Name);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException refused)
        {
            throw new ConfigurationException($"{node} does not answer at {path}: {refused.Message}", refused);
        }

        await RelayAsync(Console.OpenStandardInput(), Console.OpenStandardOutput(), socket);
        return 0;
    }

    private static async Task RelayAsync(Stream input, Stream output, Socket socket)
    {
        await using var node = new NetworkStream(socket);
        _ = AskAsync(input, node, socket);
        try
        {
            await node.CopyToAsync(output);
        }
        catch (IOException)
        {
            // The node ended, or nobody reads the answers any more.
        }
    }

    private static async Task AskAsync(Stream input, NetworkStream node, Socket socket)
    {
        try
        {
            await input.CopyToAsync(node);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException)
        {
        }
    }
}
