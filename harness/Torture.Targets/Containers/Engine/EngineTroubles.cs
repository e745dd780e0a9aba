using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Torture.Targets.Containers.Engine;

/// <summary>From what went wrong to one line that says what to do.</summary>
internal static class EngineTroubles
{
    private const int LongestWords = 400;

    /// <summary>The connection failed, or what came is no answer.</summary>
    public static EngineException Of(EngineAddress address, string doing, Exception failed) =>
        SocketErrorIn(failed) switch
        {
            SocketError.AccessDenied => new EngineException(
                EngineTrouble.NoPermission,
                $"no permission for the container engine at {address}: run as root, or as a member of the group that "
                + "owns the socket (Docker: sudo usermod -aG docker USER, then log in again)",
                failed),
            SocketError.ConnectionRefused or SocketError.AddressNotAvailable or SocketError.HostNotFound
                or SocketError.NoData or SocketError.TryAgain or SocketError.HostUnreachable
                or SocketError.NetworkUnreachable or SocketError.TimedOut => NoEngine(address, failed),
            _ when failed is JsonException or InvalidDataException
                or HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => new EngineException(
                    EngineTrouble.Garbled,
                    $"what answers at {address} does not speak like a container engine (asked to {doing}): is "
                    + "DOCKER_HOST right?",
                    failed),
            _ => new EngineException(
                EngineTrouble.WentAway,
                $"the container engine at {address} went away while asked to {doing}: is it still running? its log "
                + "says why",
                failed),
        };

    /// <summary>The engine says no.</summary>
    public static EngineException Of(
        EngineAddress address, string doing, HttpStatusCode status, ReadOnlySpan<byte> body)
    {
        var said = Words(body) is { Length: > 0 } words ? words : $"HTTP {(int)status}";
        return Of(address, doing, TroubleOf(status, said), said);
    }

    /// <summary>The engine said no after it had begun to answer.</summary>
    public static EngineException Of(EngineAddress address, string doing, string said) =>
        Of(address, doing, TroubleOf(HttpStatusCode.InternalServerError, said), Line(said));

    private static EngineException Of(EngineAddress address, string doing, EngineTrouble trouble, string said) => new(
        trouble,
        trouble switch
        {
            EngineTrouble.NoImage => $"cannot {doing}: {said}: make the images with `torture cluster images`",
            EngineTrouble.AddressTaken =>
                $"cannot {doing}: {said}: `torture cluster down --all` removes what crashed runs left; "
                + "`docker network ls` shows who else has it",
            EngineTrouble.NameTaken =>
                $"cannot {doing}: {said}: `torture cluster down --all` removes what crashed runs left",
            EngineTrouble.NoSpace =>
                $"cannot {doing}: {said}: free space on the disk of the engine at {address} (`docker system df`)",
            EngineTrouble.NotFound => $"cannot {doing}: {said}",
            _ => $"the container engine at {address} refuses to {doing}: {said}",
        });

    private static EngineTrouble TroubleOf(HttpStatusCode status, string said)
    {
        bool Says(params string[] words) => words.Any(word => said.Contains(word, StringComparison.OrdinalIgnoreCase));

        if (Says("no space left", "disk quota exceeded"))
        {
            return EngineTrouble.NoSpace;
        }

        if (Says("pool overlaps", "address already in use", "subnet is already used", "is already used on the host",
            "address is already allocated", "bridge name already exists"))
        {
            return EngineTrouble.AddressTaken;
        }

        if (Says("already in use", "already exists", "name is in use"))
        {
            return EngineTrouble.NameTaken;
        }

        return Says("no such image", "image not known", "pull access denied") ? EngineTrouble.NoImage
            : status == HttpStatusCode.NotFound ? EngineTrouble.NotFound
            : EngineTrouble.Refused;
    }

    private static string Words(ReadOnlySpan<byte> body)
    {
        try
        {
            return Line(JsonSerializer.Deserialize(body, EngineJson.Default.ErrorAnswer)?.Message ?? "");
        }
        catch (JsonException)
        {
            return Line(Encoding.UTF8.GetString(body));
        }
    }

    /// <summary>One line, and no control characters for a terminal.</summary>
    private static string Line(string text)
    {
        var line = string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= LongestWords ? line : line[..LongestWords] + "...";
    }

    private static SocketError? SocketErrorIn(Exception? failed) => failed switch
    {
        null => null,
        SocketException socket => socket.SocketErrorCode,
        _ => SocketErrorIn(failed.InnerException),
    };

    private static EngineException NoEngine(EngineAddress address, Exception failed) => new(
        EngineTrouble.NoEngine,
        $"no container engine at {address}: start one (on Debian as root: `torture setup --containers`), or say in "
        + "DOCKER_HOST where it is",
        failed);
}
