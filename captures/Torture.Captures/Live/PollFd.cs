using System.Runtime.InteropServices;

namespace Torture.Captures;

/// <summary>A descriptor and what it is waited for: struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
public partial struct PollFd(int descriptor)
{
    private const short Readable = 1;

    private readonly int _descriptor = descriptor;
    private readonly short _events = Readable;
    private short _result;

    /// <summary>Waits until one can be read, for so many milliseconds at most: poll(2).</summary>
    /// <returns>How many can; 0 or less: none, the time is over or a signal came.</returns>
    public static unsafe int Wait(Span<PollFd> descriptors, int milliseconds)
    {
        fixed (PollFd* first = descriptors)
        {
            return Poll(first, (nuint)descriptors.Length, milliseconds);
        }
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollFd* descriptors, nuint count, int milliseconds);
}
