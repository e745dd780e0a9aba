using System.Net;
using System.Runtime.InteropServices;

namespace Torture.Node.Kernel;

/// <summary>Ends TCP connections of whatever process, as sock_diag(7) can; their peers get a RST.</summary>
internal sealed class ConnectionEnder : IDisposable
{
    private const ushort ByFamily = 20;
    private const ushort Destroy = 21;
    private const byte Tcp = 6;
    private const int IdentityOffset = 8;
    private const int IdentityLength = 48;
    private const int RequestLength = IdentityOffset + IdentityLength;

    /// <summary>Offset in an answer: family, state, timer and retransmissions come first.</summary>
    private const int AnswerIdentity = 4;

    /// <summary>All but TIME_WAIT (6), CLOSE (7) and LISTEN (10).</summary>
    private const uint States = 0b1_1011_0011_1110;

    private readonly NetlinkSocket _kernel = new(NetlinkSocket.SocketDiagnosis);

    /// <returns>How many connections of the address there were.</returns>
    public int End(IPAddress address)
    {
        var count = 0;

        // A socket of IPv6 can have a connection of IPv4.
        foreach (byte family in (ReadOnlySpan<byte>)[KernelSocket.InterNetwork, KernelSocket.InterNetworkV6])
        {
            foreach (var answer in _kernel.List(ByFamily, Request(family, default)))
            {
                if (answer.Length >= AnswerIdentity + IdentityLength && LocalAddress(answer, family).Equals(address))
                {
                    count++;
                    End(Request(family, answer.AsSpan(AnswerIdentity, IdentityLength)));
                }
            }
        }

        return count;
    }

    public void Dispose() => _kernel.Dispose();

    // linux/inet_diag.h: struct inet_diag_req_v2
    private static byte[] Request(byte family, ReadOnlySpan<byte> identity)
    {
        var request = new byte[RequestLength];
        (request[0], request[1]) = (family, Tcp);
        MemoryMarshal.Write(request.AsSpan(4), States);
        identity.CopyTo(request.AsSpan(IdentityOffset));
        return request;
    }

    // linux/inet_diag.h: struct inet_diag_sockid has the two ports before the local address.
    private static IPAddress LocalAddress(byte[] answer, byte family)
    {
        var local = answer.AsSpan(AnswerIdentity + 4, family == KernelSocket.InterNetwork ? 4 : 16);
        var address = new IPAddress(local);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private void End(byte[] request)
    {
        try
        {
            _kernel.Do(Destroy, 0, request);
        }
        catch (KernelException gone) when (gone.Number == KernelException.NoEntry)
        {
        }
    }
}
