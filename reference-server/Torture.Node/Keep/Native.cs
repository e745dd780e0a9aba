using System.Runtime.InteropServices;

namespace Torture.Node.Keep;

/// <summary>The few calls of Linux that .NET does not have.</summary>
internal static partial class Native
{
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
    private const int PR_SET_PDEATHSIG = 1;
    private const nint SYS_pidfd_open = 434;
    private const nint SYS_pidfd_getfd = 438;
    private const int SHUT_RDWR = 2;
    private const ushort AF_UNSPEC = 0;

    /// <summary>This process is killed when the thread that started it ends.</summary>
    /// <returns>False: that has happened already.</returns>
    public static bool DieWithParent(int parent) =>
        Prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && GetParent() == parent;

    /// <summary>The process that started this one.</summary>
    public static int Parent => GetParent();

    /// <summary>A session of its own: Ctrl-C in the terminal does not reach it.</summary>
    public static void LeaveSession() => _ = SetSid();

    public static bool Signal(int process, int signal) => Kill(process, signal) == 0;

    /// <summary>A duplicate of another process's descriptor; -1 where it is gone or must not be had.</summary>
    public static int TakeDescriptor(int process, int descriptor)
    {
        var handle = (int)SysCall(SYS_pidfd_open, process, 0, 0);
        if (handle < 0)
        {
            return -1;
        }

        var taken = (int)SysCall(SYS_pidfd_getfd, handle, descriptor, 0);
        _ = Close(handle);
        return taken;
    }

    /// <summary>Ends a listener, or a connection with RST, although another process has it open too.</summary>
    public static void Unplug(int descriptor, bool isListener)
    {
        if (isListener)
        {
            _ = ShutDown(descriptor, SHUT_RDWR);
        }
        else
        {
            Span<byte> unspecified = stackalloc byte[16];
            unspecified.Clear();
            MemoryMarshal.Write(unspecified, AF_UNSPEC);
            _ = Connect(descriptor, unspecified, unspecified.Length);
        }

        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParent();

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSid();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int ShutDown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "connect")]
    private static partial int Connect(int descriptor, Span<byte> address, int length);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SysCall(nint number, nint a, nint b, nint c);
}
