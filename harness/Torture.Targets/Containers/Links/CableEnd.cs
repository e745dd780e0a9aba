using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Torture.Harness.Clusters;

namespace Torture.Targets.Containers.Links;

/// <summary>
/// One end of a cable, where frames come out and go in. They carry the kernel's header for what it has put off, a
/// checksum or the cutting into segments (struct virtio_net_hdr), so that it goes on where it left off.
/// </summary>
internal sealed unsafe partial class CableEnd : IDisposable
{
    /// <summary>A frame that is yet to be cut, and its headers.</summary>
    public const int LongestFrame = (64 << 10) + 64;

    private const int PacketFamily = 17;
    private const int RawNonblockingCloseOnExec = 0x80803;
    private const int AllProtocols = 3;
    private const int PacketLevel = 263;
    private const int HeaderOfVirtio = 15;
    private const int IgnoreOutgoing = 23;
    private const int SocketLevel = 1;
    private const int ForceReceiveBuffer = 33;
    private const int ReceiveBuffer = 4 << 20;
    private const int ReadWriteNonblockingCloseOnExec = 0x80802;
    private const uint SetInterface = 0x4004_54ca;
    private const short TapPlainWithHeader = 0x5002;
    private const int NameLength = 16;

    private readonly SafeFileHandle _handle;

    private CableEnd(SafeFileHandle handle, string name) => (_handle, Name) = (handle, name);

    /// <summary>Of the interface.</summary>
    public string Name { get; }

    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>What comes from the peer of a veth, and goes to it, past whatever the interface belongs to.</summary>
    /// <exception cref="TargetUnusableException">The kernel says no.</exception>
    public static CableEnd OfLink(string name)
    {
        var end = new CableEnd(
            Opened(Socket(PacketFamily, RawNonblockingCloseOnExec, 0), "a packet socket"), name);
        end.Set(PacketLevel, HeaderOfVirtio, 1);
        end.Set(PacketLevel, IgnoreOutgoing, 1);
        end.Set(SocketLevel, ForceReceiveBuffer, ReceiveBuffer);
        var address = new PacketAddress
        {
            Family = PacketFamily,
            Protocol = BinaryPrimitives.ReverseEndianness((ushort)AllProtocols),
            Index = IndexOf(name),
        };
        Check(Bind(end._handle, &address, sizeof(PacketAddress)), $"bind to {name}");
        return end;
    }

    /// <summary>A new interface of Ethernet, which is down and goes with this end.</summary>
    /// <exception cref="TargetUnusableException">The kernel says no.</exception>
    public static CableEnd NewTap()
    {
        var handle = Opened(Open("/dev/net/tun", ReadWriteNonblockingCloseOnExec), "/dev/net/tun");
        var request = new InterfaceRequest { Flags = TapPlainWithHeader };
        Encoding.ASCII.GetBytes("tcable%d", new Span<byte>(request.Name, NameLength));
        Check(Control(handle, SetInterface, &request), "a tap interface");
        return new CableEnd(handle, Marshal.PtrToStringAnsi((nint)request.Name)!);
    }

    /// <returns>0: nothing is there, or the interface is gone.</returns>
    public int Read(Span<byte> frame)
    {
        fixed (byte* start = frame)
        {
            return Math.Max(0, (int)Read(_handle, start, (nuint)frame.Length));
        }
    }

    /// <summary>What does not get in is lost, as on any cable.</summary>
    public void Write(ReadOnlySpan<byte> frame)
    {
        fixed (byte* start = frame)
        {
            _ = Write(_handle, start, (nuint)frame.Length);
        }
    }

    public void Dispose() => _handle.Dispose();

    private void Set(int level, int option, int value) => Check(
        SetOption(_handle, level, option, &value, sizeof(int)), $"option {option} of a packet socket");

    private static int IndexOf(string name) => (int)NameToIndex(name) is > 0 and var index
        ? index
        : throw new TargetUnusableException($"there is no interface {name}");

    private static SafeFileHandle Opened(int descriptor, string what)
    {
        Check(descriptor, what);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw new TargetUnusableException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeFileHandle socket, PacketAddress* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(SafeFileHandle socket, int level, int option, int* value, int length);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint NameToIndex(string name);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, InterfaceRequest* argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, byte* data, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, byte* data, nuint length);

    /// <summary>struct sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PacketAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int Index;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }

    /// <summary>struct ifreq.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct InterfaceRequest
    {
        public fixed byte Name[NameLength];
        public short Flags;
    }
}
