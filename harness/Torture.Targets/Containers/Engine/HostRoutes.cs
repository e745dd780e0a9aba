using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Numerics;

namespace Torture.Targets.Containers.Engine;

/// <summary>Where this host sends packets: a network of ours must not take one of these over.</summary>
internal static class HostRoutes
{
    /// <summary>All but default routes; nothing where the kernel does not tell.</summary>
    public static IReadOnlyList<IPNetwork> Read() =>
        [.. Lines("/proc/net/route").Select(Parse).Concat(Lines("/proc/net/ipv6_route").Select(Parse6))
            .OfType<IPNetwork>()];

    /// <summary>A line of /proc/net/route; addresses are hexadecimal in the order of the machine.</summary>
    public static IPNetwork? Parse(string line)
    {
        var fields = line.Split('\t', StringSplitOptions.TrimEntries);
        if (fields.Length < 8
            || !uint.TryParse(fields[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var destination)
            || !uint.TryParse(fields[7], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask)
            || mask == 0)
        {
            return null;
        }

        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, destination & mask);
        return new IPNetwork(new IPAddress(bytes), BitOperations.PopCount(mask));
    }

    /// <summary>A line of /proc/net/ipv6_route: the address as 32 digits, the length of its prefix as 2.</summary>
    public static IPNetwork? Parse6(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 2 || fields[0].Length != 32 || !fields[0].All(char.IsAsciiHexDigit)
            || !int.TryParse(fields[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var length)
            || length is < 1 or > 128)
        {
            return null;
        }

        var address = new IPAddress(Convert.FromHexString(fields[0]));
        return IPNetwork.TryParse($"{address}/{length}", out var network) ? network : null;
    }

    private static IEnumerable<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
