using System.Runtime.InteropServices;

namespace Torture.Captures.Live;

/// <summary>The functions of libpcap 1.9 and later that a capture needs, as pcap(3PCAP) describes them.</summary>
internal static unsafe partial class LibpcapNative
{
    public const string Library = "libpcap.so.0.8";
    public const int ErrorBufferSize = 256;
    public const int PrecisionNanoseconds = 1;
    public const uint NetmaskUnknown = 0xFFFFFFFF;

    public const int ErrorNoSuchDevice = -5;
    public const int ErrorPermissionDenied = -8;
    public const int ErrorInterfaceNotUp = -9;
    public const int ErrorPromiscuousPermissionDenied = -11;

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint pcap_create(string source, byte* error);

    [LibraryImport(Library)]
    public static partial int pcap_set_snaplen(nint handle, int length);

    [LibraryImport(Library)]
    public static partial int pcap_set_promisc(nint handle, int on);

    [LibraryImport(Library)]
    public static partial int pcap_set_timeout(nint handle, int milliseconds);

    [LibraryImport(Library)]
    public static partial int pcap_set_immediate_mode(nint handle, int on);

    [LibraryImport(Library)]
    public static partial int pcap_set_buffer_size(nint handle, int bytes);

    [LibraryImport(Library)]
    public static partial int pcap_set_tstamp_precision(nint handle, int precision);

    [LibraryImport(Library)]
    public static partial int pcap_get_tstamp_precision(nint handle);

    [LibraryImport(Library)]
    public static partial int pcap_activate(nint handle);

    [LibraryImport(Library)]
    public static partial int pcap_datalink(nint handle);

    [LibraryImport(Library)]
    public static partial int pcap_snapshot(nint handle);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int pcap_compile(nint handle, Program* program, string text, int optimize, uint netmask);

    [LibraryImport(Library)]
    public static partial int pcap_setfilter(nint handle, Program* program);

    [LibraryImport(Library)]
    public static partial void pcap_freecode(Program* program);

    [LibraryImport(Library)]
    public static partial int pcap_next_ex(nint handle, Header** header, byte** data);

    [LibraryImport(Library)]
    public static partial int pcap_setnonblock(nint handle, int on, byte* error);

    [LibraryImport(Library)]
    public static partial int pcap_get_selectable_fd(nint handle);

    [LibraryImport(Library)]
    public static partial int pcap_stats(nint handle, Counters* counters);

    [LibraryImport(Library)]
    public static partial nint pcap_geterr(nint handle);

    [LibraryImport(Library)]
    public static partial void pcap_close(nint handle);

    /// <summary>struct pcap_pkthdr: a struct timeval whose microseconds are nanoseconds on request.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Header
    {
        public nint Seconds;
        public nint Fraction;
        public uint Captured;
        public uint Original;
    }

    /// <summary>struct bpf_program.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Program
    {
        public uint Length;
        public nint Instructions;
    }

    /// <summary>struct pcap_stat.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Counters
    {
        public uint Received;
        public uint Dropped;
        public uint InterfaceDropped;
    }
}
