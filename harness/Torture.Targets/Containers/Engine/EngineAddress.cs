using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Torture.Targets.Containers.Engine;

/// <summary>Where an engine listens: a unix socket, or host and port.</summary>
internal sealed record EngineAddress
{
    private const int PlainPort = 2375;
    private const int LongestSocketPath = 107;
    private const string DockerSocket = "/var/run/docker.sock";

    private EngineAddress(string? socketPath, string host, int port) =>
        (SocketPath, Host, Port) = (socketPath, host, port);

    /// <summary>Null: it is <see cref="Host"/> and <see cref="Port"/>.</summary>
    public string? SocketPath { get; }

    public string Host { get; }

    public int Port { get; }

    /// <summary>Taken for local: a unix socket, or an address of loopback.</summary>
    public bool IsLocal => SocketPath is not null || Host is "localhost" or "127.0.0.1" or "::1";

    /// <summary>DOCKER_HOST where it is set, else Docker's socket, else one of podman's.</summary>
    /// <exception cref="EngineException">DOCKER_HOST cannot be used.</exception>
    public static EngineAddress Default(Func<string, string?> environment)
    {
        if (environment("DOCKER_HOST") is { Length: > 0 } chosen)
        {
            return environment("DOCKER_TLS_VERIFY") is { Length: > 0 }
                ? throw Unusable(
                    chosen, "TLS is not spoken here: forward the socket by ssh, and unset DOCKER_TLS_VERIFY")
                : Parse(chosen);
        }

        string[] podman =
        [
            $"{environment("XDG_RUNTIME_DIR")}/podman/podman.sock", "/run/podman/podman.sock",
        ];
        return new EngineAddress(podman.Prepend(DockerSocket).FirstOrDefault(File.Exists) ?? DockerSocket, "engine", 0);
    }

    /// <exception cref="EngineException">Neither unix:// nor tcp://.</exception>
    public static EngineAddress Parse(string address)
    {
        const string unix = "unix://";
        if (address.StartsWith(unix, StringComparison.Ordinal) && address.Length > unix.Length)
        {
            return Encoding.UTF8.GetByteCount(address) - unix.Length <= LongestSocketPath
                ? new EngineAddress(address[unix.Length..], "engine", 0)
                : throw Unusable(address, $"the path of a socket has {LongestSocketPath} bytes at most");
        }

        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "tcp" or "http"
            && uri.Host.Length > 0)
        {
            var given = uri.IsDefaultPort || uri.Port < 0 ? PlainPort : uri.Port;
            return new EngineAddress(null, uri.DnsSafeHost, given);
        }

        throw Unusable(address, "write unix:///path/of/socket or tcp://host:port");
    }

    /// <exception cref="SocketException">As the socket says.</exception>
    public async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = SocketPath is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await (SocketPath is null
                ? socket.ConnectAsync(Host, Port, cancellationToken)
                : socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override string ToString() =>
        SocketPath is null
            ? string.Create(CultureInfo.InvariantCulture, $"tcp://{Host}:{Port}")
            : $"unix://{SocketPath}";

    private static EngineException Unusable(string address, string hint) =>
        new(EngineTrouble.NoEngine, $"DOCKER_HOST={address} cannot be used: {hint}");
}
