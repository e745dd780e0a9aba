using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Targets.Reference;

namespace Torture.Targets.Containers.Clusters;

/// <summary>
/// A running container as the kernel of this machine sees it: when its first process, and with it all others, ended,
/// and which addresses its network stack has.
/// </summary>
internal sealed unsafe partial class NodeWatch : IDisposable
{
    private const int SystemCallOpenProcess = 434;
    private const int WaitMilliseconds = 50;

    private readonly int _process;
    private readonly int _handle;
    private readonly Thread _thread;
    private readonly TaskCompletionSource<long> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _over;

    private NodeWatch(int process, int handle)
    {
        (_process, _handle) = (process, handle);
        _thread = new Thread(Follow) { IsBackground = true, Name = $"watch of process {process}" };
        _thread.Start();
    }

    /// <summary>When it ended: monotonic nanoseconds of this machine.</summary>
    public Task<long> Ended => _ended.Task;

    /// <param name="process">The first process of a container, as this machine counts.</param>
    /// <returns>Null: it has ended already.</returns>
    public static NodeWatch? TryStart(int process) =>
        (int)SystemCall(SystemCallOpenProcess, process, 0) is >= 0 and var handle
            ? new NodeWatch(process, handle)
            : null;

    /// <summary>Takes an address from its network stack; nothing happens where that has not got it.</summary>
    /// <exception cref="TargetUnusableException">The kernel says no.</exception>
    public void Remove(IPAddress address)
    {
        if (_ended.Task.IsCompleted)
        {
            return;
        }

        try
        {
            NetworkNamespace.Inside($"/proc/{_process}/ns/net", () => RemoveHere(address));
        }
        catch (CaptureException)
        {
            // It ended in between, and its network stack with it.
        }
    }

    public void Dispose()
    {
        _over = true;
        _thread.Join();
    }

    private static bool RemoveHere(IPAddress address)
    {
        var found = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(link => link.GetIPProperties().UnicastAddresses.Select(entry => (link.Name, Entry: entry)))
            .FirstOrDefault(each => each.Entry.Address.Equals(address));
        if (found.Name is null)
        {
            return false;
        }

        // From a thread inside the namespace, so inside too.
        using var ip = Process.Start(new ProcessStartInfo(
            "ip", ["addr", "del", $"{address}/{found.Entry.PrefixLength}", "dev", found.Name])
        {
            RedirectStandardError = true,
        })!;
        var said = ip.StandardError.ReadToEnd().Trim();
        ip.WaitForExit();
        return ip.ExitCode == 0 || said.Contains("Cannot assign", StringComparison.Ordinal)
            ? true
            : throw new TargetUnusableException($"{address} cannot be taken from {found.Name}: {said}");
    }

    private void Follow()
    {
        var wait = new PollFd { Descriptor = _handle, Events = PollFd.Readable };
        while (!_over && !_ended.Task.IsCompleted)
        {
            if (Poll(&wait, 1, WaitMilliseconds) > 0)
            {
                _ended.TrySetResult(ClusterWatch.Now);
            }
        }

        _ = Close(_handle);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint process, nint flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollFd* waits, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public const short Readable = 1;

        public int Descriptor;
        public short Events;
        public short Result;
    }
}
