using System.Net.Sockets;
using System.Runtime.Versioning;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Node;

/// <summary>The control port: a unix socket in a folder that only its user can enter.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ControlPort : IDisposable
{
    private const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const int MaximumConnections = 256;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _ended = new();
    private readonly string _path;
    private readonly SemaphoreSlim _room = new(MaximumConnections);

    /// <exception cref="ConfigurationException">The folder is open to others, or the socket is in use.</exception>
    public ControlPort(string path, Func<Stream, CancellationToken, Task> serve)
    {
        _path = path;
        MakeFolder(Path.GetDirectoryName(path)!);
        try
        {
            if (File.Exists(path) && !IsAnswering(path))
            {
                File.Delete(path);
            }

            _socket.Bind(new UnixDomainSocketEndPoint(path));
            _socket.Listen(64);
        }
        catch (Exception refused) when (refused is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"control port {path}: {refused.Message}", refused);
        }

        _ = AcceptAsync(serve);
    }

    public static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder, OwnerOnly);
            if (File.GetUnixFileMode(folder) != OwnerOnly)
            {
                throw new ConfigurationException($"{folder} is open to others: chmod 700 {folder}");
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{folder}: {refused.Message}", refused);
        }
    }

    public void Dispose()
    {
        _ended.Cancel();
        _socket.Dispose();
        File.Delete(_path);
    }

    private static bool IsAnswering(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task AcceptAsync(Func<Stream, CancellationToken, Task> serve)
    {
        try
        {
            while (true)
            {
                // The rest waits in the backlog: no descriptor and no memory is spent on it.
                await _room.WaitAsync(_ended.Token);
                var accepted = await Shortage.OutlastAsync(_socket.AcceptAsync, TimeProvider.System, _ended.Token);
                _ = ServeAsync(accepted, serve);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket accepted, Func<Stream, CancellationToken, Task> serve)
    {
        try
        {
            await using var stream = new NetworkStream(accepted, ownsSocket: true);
            await serve(stream, _ended.Token);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or InvalidDataException)
        {
        }
        finally
        {
            _room.Release();
        }
    }
}
