using System.Runtime.InteropServices;

namespace Torture.Node.Kernel;

/// <summary>
/// Requests to the kernel, one at a time, as netlink(7) has them. Numbers are in the order of the host.
/// </summary>
internal sealed class NetlinkSocket(int protocol) : IDisposable
{
    public const int Route = 0;
    public const int SocketDiagnosis = 4;
    public const ushort Replace = 0x100;
    public const ushort Create = 0x400;
    private const ushort Request = 1;
    private const ushort Acknowledge = 4;
    private const ushort Dump = 0x300;
    private const ushort Error = 2;
    private const ushort Done = 3;
    private const int Header = 16;

    private readonly Lock _gate = new();
    private readonly KernelSocket _socket = KernelSocket.Open(KernelSocket.Netlink, KernelSocket.Raw, protocol);
    private readonly byte[] _buffer = new byte[1 << 16];
    private uint _sequence;

    /// <summary>Returns when it was done.</summary>
    /// <exception cref="KernelException">It was refused.</exception>
    public IReadOnlyList<byte[]> Do(ushort type, ushort flags, ReadOnlySpan<byte> body) =>
        Ask(type, (ushort)(flags | Acknowledge), body);

    /// <summary>The bodies of all answers.</summary>
    /// <exception cref="KernelException">It was refused.</exception>
    public IReadOnlyList<byte[]> List(ushort type, ReadOnlySpan<byte> body) => Ask(type, Dump, body);

    public void Dispose() => _socket.Dispose();

    /// <summary>An attribute, filled up to four bytes.</summary>
    public static byte[] Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var attribute = new byte[Aligned(4 + value.Length)];
        MemoryMarshal.Write(attribute, (ushort)(4 + value.Length));
        MemoryMarshal.Write(attribute.AsSpan(2), type);
        value.CopyTo(attribute.AsSpan(4));
        return attribute;
    }

    /// <summary>The value of the first attribute of this type; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, ushort type)
    {
        while (attributes.Length >= 4)
        {
            var length = MemoryMarshal.Read<ushort>(attributes);
            if (length < 4 || length > attributes.Length)
            {
                break;
            }

            if (MemoryMarshal.Read<ushort>(attributes[2..]) == type)
            {
                return attributes[4..length];
            }

            attributes = attributes[Math.Min(Aligned(length), attributes.Length)..];
        }

        return default;
    }

    private IReadOnlyList<byte[]> Ask(ushort type, ushort flags, ReadOnlySpan<byte> body)
    {
        var answers = new List<byte[]>();
        lock (_gate)
        {
            Send(type, (ushort)(flags | Request), body);
            while (!Receive(answers))
            {
            }
        }

        return answers;
    }

    private static int Aligned(int length) => (length + 3) & ~3;

    private void Send(ushort type, ushort flags, ReadOnlySpan<byte> body)
    {
        var message = new byte[Header + body.Length];
        MemoryMarshal.Write(message, message.Length);
        MemoryMarshal.Write(message.AsSpan(4), type);
        MemoryMarshal.Write(message.AsSpan(6), flags);
        MemoryMarshal.Write(message.AsSpan(8), ++_sequence);
        body.CopyTo(message.AsSpan(Header));
        Span<byte> kernel = stackalloc byte[12];
        kernel.Clear();
        MemoryMarshal.Write(kernel, (ushort)KernelSocket.Netlink);
        _socket.Send(message, kernel);
    }

    /// <returns>True: that was the last message of the answer.</returns>
    private bool Receive(List<byte[]> answers)
    {
        var rest = _buffer.AsSpan(0, _socket.Receive(_buffer));
        while (rest.Length >= Header)
        {
            var length = MemoryMarshal.Read<int>(rest);
            if (length < Header || length > rest.Length)
            {
                throw new IOException("the kernel's answer is cut off");
            }

            var message = rest[..length];
            rest = rest[Math.Min(Aligned(length), rest.Length)..];
            if (MemoryMarshal.Read<uint>(message[8..]) != _sequence)
            {
                // The rest of an answer that nobody waited for.
                continue;
            }

            switch (MemoryMarshal.Read<ushort>(message[4..]))
            {
                case Error:
                    var number = -MemoryMarshal.Read<int>(message[Header..]);
                    return number == 0 ? true : throw new KernelException(number);
                case Done:
                    return true;
                default:
                    answers.Add(message[Header..].ToArray());
                    break;
            }
        }

        return false;
    }
}
