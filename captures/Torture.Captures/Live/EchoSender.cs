using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Torture.Protocol.Takeover;

namespace Torture.Captures;

/// <summary>
/// Asks a kernel for echoes ([RFC792]): it answers by itself, whatever its processes do. What becomes of questions and
/// answers is for a capture to show.
/// </summary>
public static class EchoSender
{
    /// <summary>Of a question without its headers: long enough for a slow link to need time for it.</summary>
    public const int Length = 1000;

    private const byte EchoRequest = 8;

    private static int _asked;

    /// <summary>Sends questions to an IPv4 address, one after the other; each has a number of its own.</summary>
    /// <exception cref="IOException">They cannot be sent: no permission for raw sockets, or no way there.</exception>
    public static void Ask(IPAddress address, int count)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
            for (var i = 0; i < count; i++)
            {
                socket.SendTo(Question((uint)Interlocked.Increment(ref _asked)), new IPEndPoint(address, 0));
            }
        }
        catch (SocketException refused)
        {
            throw new IOException($"no echo of {address}: {refused.Message}", refused);
        }
    }

    /// <summary>The message of a question.</summary>
    /// <param name="number">Identifier and sequence number.</param>
    public static byte[] Question(uint number)
    {
        var bytes = new byte[Length];
        bytes[0] = EchoRequest;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), number);
        return WithChecksum(bytes);
    }

    /// <summary>What a kernel answers: the same, as an answer.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> question) => WithChecksum([0, 0, 0, 0, .. question[4..]]);

    private static byte[] WithChecksum(byte[] message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.Of(message));
        return message;
    }
}
