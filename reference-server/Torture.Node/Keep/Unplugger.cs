using System.Globalization;
using System.Net;

namespace Torture.Node.Keep;

/// <summary>Ends every socket that a process has on an address, without the process having a say in it.</summary>
internal static class Unplugger
{
    private const string SocketLink = "socket:[";
    private const string Listening = "0A";

    /// <returns>How many sockets were ended, and how many could not be got hold of.</returns>
    public static (int Ended, int Kept) Unplug(int process, IPAddress address)
    {
        var sockets = SocketsOn(address);
        var (ended, kept) = (0, 0);
        foreach (var (descriptor, inode) in DescriptorsOf(process))
        {
            if (!sockets.TryGetValue(inode, out var isListener))
            {
                continue;
            }

            if (Native.TakeDescriptor(process, descriptor) is >= 0 and var taken)
            {
                Native.Unplug(taken, isListener);
                ended++;
            }
            else
            {
                kept++;
            }
        }

        return (ended, kept);
    }

    /// <summary>Inodes of the TCP sockets with this local address; true for listeners.</summary>
    private static Dictionary<long, bool> SocketsOn(IPAddress address)
    {
        var isIPv6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        var local = Hexadecimal(address) + ":";
        var sockets = new Dictionary<long, bool>();
        foreach (var line in File.ReadLines(isIPv6 ? "/proc/net/tcp6" : "/proc/net/tcp").Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[1].StartsWith(local, StringComparison.Ordinal)
                && long.TryParse(fields[9], CultureInfo.InvariantCulture, out var inode) && inode != 0)
            {
                sockets[inode] = fields[3] == Listening;
            }
        }

        return sockets;
    }

    /// <summary>The kernel writes an address as 32-bit words in the byte order of the host.</summary>
    private static string Hexadecimal(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (BitConverter.IsLittleEndian)
        {
            foreach (var word in Enumerable.Range(0, bytes.Length / 4))
            {
                Array.Reverse(bytes, word * 4, 4);
            }
        }

        return Convert.ToHexString(bytes);
    }

    private static IEnumerable<(int Descriptor, long Inode)> DescriptorsOf(int process)
    {
        FileSystemInfo[] entries;
        try
        {
            entries = new DirectoryInfo($"/proc/{process}/fd").GetFileSystemInfos();
        }
        catch (IOException)
        {
            yield break;
        }

        foreach (var entry in entries)
        {
            if (LinkOf(entry) is { } link && link.StartsWith(SocketLink, StringComparison.Ordinal)
                && long.TryParse(link.AsSpan(SocketLink.Length, link.Length - SocketLink.Length - 1), out var inode)
                && int.TryParse(entry.Name, out var descriptor))
            {
                yield return (descriptor, inode);
            }
        }
    }

    private static string? LinkOf(FileSystemInfo entry)
    {
        try
        {
            return entry.LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
