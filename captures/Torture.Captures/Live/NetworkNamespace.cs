using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Torture.Captures;

/// <summary>
/// Another network namespace of this machine. A socket or a capture that is opened there stays there, whoever uses it
/// afterwards; a process that is started there too.
/// </summary>
public static partial class NetworkNamespace
{
    private const int NewNetwork = 0x40000000;

    /// <summary>Does something inside, on a thread of its own that ends with it.</summary>
    /// <param name="path">Such as /run/netns/NAME, /proc/PID/ns/net, or the SandboxKey of a container.</param>
    /// <exception cref="CaptureException">There is none, or no permission to enter it.</exception>
    public static T Inside<T>(string path, Func<T> act)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter(path);
                result = act();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = $"inside {path}",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private static void Enter(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            if (SetNamespace(file, NewNetwork) != 0)
            {
                throw new CaptureException($"cannot enter {path}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"cannot enter {path}: {refused.Message}", refused);
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeHandle descriptor, int kind);
}
