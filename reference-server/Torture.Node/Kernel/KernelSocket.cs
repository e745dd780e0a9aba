using System.Runtime.InteropServices;

namespace Torture.Node.Kernel;

/// <summary>A socket of a kind that .NET does not know: netlink, whole frames, whole packets.</summary>
internal sealed partial class KernelSocket : SafeHandle
{
    public const int Netlink = 16;
    public const int Packet = 17;
    public const int InterNetwork = 2;
    public const int InterNetworkV6 = 10;
    public const int Raw = 3;
    private const int CloseOnExec = 0x80000;
    private const int SolSocket = 1;
    private const int SoReceiveTimeout = 20;
    private const int Interrupted = 4;
    private const long ReceiveSeconds = 5;

    private KernelSocket(nint descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor);

    public override bool IsInvalid => handle < 0;

    /// <exception cref="KernelException">There is no such socket, or no permission for it.</exception>
    public static KernelSocket Open(int family, int type, int protocol)
    {
        var socket = new KernelSocket(Socket(family, type | CloseOnExec, protocol));
        if (socket.IsInvalid)
        {
            throw KernelException.Last();
        }

        // The kernel answers before a request returns: who waits for longer waits for ever.
        ReadOnlySpan<long> limit = [ReceiveSeconds, 0];
        _ = SetOption(socket, SolSocket, SoReceiveTimeout, limit, 16);
        return socket;
    }

    /// <param name="to">A socket address as the kernel knows it.</param>
    public void Send(ReadOnlySpan<byte> data, ReadOnlySpan<byte> to)
    {
        nint sent;
        do
        {
            sent = SendTo(this, data, data.Length, 0, to, to.Length);
        }
        while (sent < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (sent < 0)
        {
            throw KernelException.Last();
        }
    }

    public int Receive(Span<byte> buffer)
    {
        nint count;
        do
        {
            count = Receive(this, buffer, buffer.Length, 0);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return count >= 0 ? (int)count : throw KernelException.Last();
    }

    protected override bool ReleaseHandle() => Close(handle) == 0;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial nint Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    private static partial int SetOption(
        KernelSocket socket, int level, int name, ReadOnlySpan<long> value, int length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(
        KernelSocket socket, ReadOnlySpan<byte> data, nint length, int flags, ReadOnlySpan<byte> to, int toLength);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(KernelSocket socket, Span<byte> buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(nint descriptor);
}

/// <summary>The kernel says no.</summary>
internal sealed class KernelException(int number) : IOException(Marshal.GetPInvokeErrorMessage(number))
{
    public const int NoEntry = 2;
    public const int NoSuchAddress = 6;
    public const int AccessDenied = 13;
    public const int NoDevice = 19;
    public const int AddressNotAvailable = 99;
    public const int Unreachable = 101;

    /// <summary>errno.</summary>
    public int Number => number;

    public static KernelException Last() => new(Marshal.GetLastPInvokeError());
}
