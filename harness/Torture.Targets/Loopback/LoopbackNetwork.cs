using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Torture.Harness.Clusters;
using Torture.Targets.Reference;

namespace Torture.Targets.Loopback;

/// <summary>
/// A network of 127.0.0.0/8 that no other run has: <c>127.N.M.0/24</c>, and as root <c>fd77:N.M::/64</c>. Disposed:
/// free. The claim is a locked file; what its run makes on this host is written there, and whoever gets the lock of a
/// run that has ended removes it.
/// </summary>
internal sealed class LoopbackNetwork : IAddressBook, IDisposable
{
    private const int Networks = 4096;
    private const int FirstClient = 130;
    private const int LastClient = 254;

    private readonly FileStream _claim;
    private readonly int _number;
    private readonly Queue<int> _clients = new(Enumerable.Range(FirstClient, LastClient - FirstClient + 1));

    private LoopbackNetwork(FileStream claim, int number) => (_claim, _number) = (claim, number);

    /// <summary>Such as <c>127.70.3.0/24</c>.</summary>
    public string Prefix => $"127.{64 + _number / 256}.{_number % 256}.0/24";

    public string Prefix6 => string.Create(CultureInfo.InvariantCulture, $"fd77:{_number:x}::/64");

    /// <summary>
    /// Claims the first free one; where the search begins depends on the process, so that runs do not meet.
    /// </summary>
    public static LoopbackNetwork Claim(int port)
    {
        var folder = ClaimFile.MakeFolder();
        var first = Environment.ProcessId * 7 % Networks;
        for (var i = 0; i < Networks; i++)
        {
            var number = (first + i) % Networks;
            if (ClaimFile.TryLock(Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture))) is { } claim)
            {
                var network = new LoopbackNetwork(claim, number);
                if (claim.Length == 0 && network.IsFree(port))
                {
                    return network;
                }

                network.Dispose();
            }
        }

        throw new TargetUnusableException(
            $"all {Networks} loopback networks are in use, or another user's: look into {folder}");
    }

    /// <summary>Removes what runs have left that were killed together with their supervisors.</summary>
    /// <returns>A line for each thing.</returns>
    public static IReadOnlyList<string> Sweep()
    {
        var removed = new List<string>();
        foreach (var file in new DirectoryInfo(ClaimFile.MakeFolder()).EnumerateFiles().Where(file => file.Length > 0))
        {
            if (int.TryParse(file.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number < Networks && ClaimFile.TryLock(file.FullName) is { } claim)
            {
                using var network = new LoopbackNetwork(claim, number);
                network.RemoveTraces(removed.Add);
            }
        }

        return removed;
    }

    /// <summary>Writes down what the run makes, before it makes it.</summary>
    public void Record(LoopbackTraces traces) => traces.Write(_claim);

    /// <summary>Removes what the run, or the one before it, has made and not removed.</summary>
    /// <param name="removed">Told a line for each thing.</param>
    public void RemoveTraces(Action<string> removed)
    {
        if (LoopbackTraces.Read(_claim) is not { } traces || traces.TryRemove(Prefix6, removed))
        {
            _claim.SetLength(0);
        }
    }

    public IPAddress Private(int node) => Of(11 + node);

    public IPAddress Node(int node) => Of(31 + node);

    public IPAddress Node6(int node) => Of6(0x31 + node);

    public IPAddress Public(int index) => Of(101 + index);

    public IPAddress Public6(int index) => Of6(0x101 + index);

    public IPAddress Marker => Of(1);

    /// <summary>A number for a client; give it back.</summary>
    public int? TakeClient()
    {
        lock (_clients)
        {
            return _clients.TryDequeue(out var client) ? client : null;
        }
    }

    public void GiveBack(int client)
    {
        lock (_clients)
        {
            _clients.Enqueue(client);
        }
    }

    public IPAddress Client(int number) => Of(number);

    public IPAddress Client6(int number) => Of6(0x1000 + number);

    public void Dispose() => _claim.Dispose();

    /// <summary>Nodes of a run that was killed may live some milliseconds longer than its claim.</summary>
    private bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(Node(0), port));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.AccessDenied;
        }
    }

    private IPAddress Of(int host) => new([127, (byte)(64 + _number / 256), (byte)(_number % 256), (byte)host]);

    private IPAddress Of6(int host) =>
        IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"fd77:{_number:x}::{host:x}"));
}
