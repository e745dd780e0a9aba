using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Targets.Containers.Links;
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
    public void Remove(IPAddress address) => Inside(() =>
    {
        if (Find(address) is ({ } link, var prefixLength)
            && HostCommand.Run("ip", "addr", "del", $"{address}/{prefixLength}", "dev", link) is { } complaint
            && Find(address).Link is not null)
        {
            // Else its time has run out in this very moment.
            throw new TargetUnusableException($"{address} stays on {link}: {complaint}");
        }
    });

    /// <summary>
    /// Addresses of IPv6 count as soon as they are added: CTDB's scripts add them with duplicate detection, wait for it
    /// by the second, and give up where a frozen node still answers. The engine sets what it is told of this before it
    /// brings the interfaces, which do not have it then, and what is inside may not write there.
    /// </summary>
    public void TrustAddresses() => Inside(() =>
    {
        foreach (var link in Links().Select(link => link.Name).Append("all"))
        {
            File.WriteAllText($"/proc/sys/net/ipv6/conf/{link}/accept_dad", "0");
        }
    });

    /// <summary>Nothing leaves it for these addresses any more, not even what the kernel itself sends.</summary>
    public void Cut(IPAddress to) =>
        Inside(() => HostCommand.Require("iptables", "-I", "OUTPUT", "-d", $"{to}", "-j", "DROP"));

    /// <summary>Undoes <see cref="Cut"/>; a network stack that came after it has no cut.</summary>
    public void Mend(IPAddress to) => Inside(() =>
    {
        string[] rule = ["OUTPUT", "-d", $"{to}", "-j", "DROP"];
        if (HostCommand.Run("iptables", ["-C", .. rule]) is null)
        {
            HostCommand.Require("iptables", ["-D", .. rule]);
        }
    });

    /// <summary>The other end of the link that has the address, as this machine names it.</summary>
    /// <exception cref="TargetUnusableException">It has ended.</exception>
    public string OtherEnd(IPAddress address)
    {
        const int longestName = 16;
        var name = stackalloc byte[longestName];
        var said = "";
        Inside(() => said = Find(address).Link is { } link
            ? HostCommand.Require("ip", "-o", "link", "show", "dev", link)
            : "");
        return OtherIndex().Match(said) is { Success: true } other
            && IndexToName(uint.Parse(other.Groups[1].Value, CultureInfo.InvariantCulture), name) != null
                ? Marshal.PtrToStringAnsi((nint)name)!
                : throw new TargetUnusableException($"no link has {address} any more: its node has ended");
    }

    /// <summary>As if its cables were pulled out: neither FIN nor RST tells anybody of its end.</summary>
    public void Unplug() => Inside(() =>
    {
        foreach (var link in Links())
        {
            HostCommand.Require("ip", "link", "set", link.Name, "down");
        }
    });

    /// <summary>Kills the processes whose names begin so; frozen ones before they do anything else.</summary>
    public void Doom(string name)
    {
        if (_ended.Task.IsCompleted || SpaceOf(_process) is not { } space)
        {
            return;
        }

        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                if (process.ProcessName.StartsWith(name, StringComparison.Ordinal) && SpaceOf(process.Id) == space)
                {
                    process.Kill();
                }
            }
        }
    }

    public void Dispose()
    {
        _over = true;
        _thread.Join();
    }

    /// <summary>From a thread inside its network namespace; what it starts is inside too.</summary>
    private void Inside(Action act)
    {
        if (_ended.Task.IsCompleted)
        {
            return;
        }

        try
        {
            NetworkNamespace.Inside($"/proc/{_process}/ns/net", () =>
            {
                act();
                return true;
            });
        }
        catch (CaptureException)
        {
            // It ended in between, and its network stack with it.
        }
    }

    /// <summary>The process namespace that it is in; null: it has ended.</summary>
    private static string? SpaceOf(int process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/ns/pid", returnFinalTarget: false)?.Name;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IEnumerable<NetworkInterface> Links() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(link => link.NetworkInterfaceType != NetworkInterfaceType.Loopback);

    private static (string? Link, int PrefixLength) Find(IPAddress address) =>
        NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(link => link.GetIPProperties().UnicastAddresses
                .Where(entry => entry.Address.Equals(address)).Select(entry => (link.Name, entry.PrefixLength)))
            .FirstOrDefault();

    private void Follow()
    {
        while (!_over && !_ended.Task.IsCompleted)
        {
            if (PollFd.Wait([new PollFd(_handle)], WaitMilliseconds) > 0)
            {
                _ended.TrySetResult(ClusterWatch.Now);
            }
        }

        _ = Close(_handle);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint process, nint flags);

    /// <summary>As <c>2: eth0@if281: &lt;BROADCAST,...</c> has it.</summary>
    [GeneratedRegex(@"^\d+: \w+@if(\d+):")]
    private static partial Regex OtherIndex();

    [LibraryImport("libc", EntryPoint = "if_indextoname")]
    private static partial byte* IndexToName(uint index, byte* name);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
