using System.Runtime.InteropServices;
using Torture.Captures.Live;
using static Torture.Captures.Live.LibpcapNative;

namespace Torture.Captures;

/// <summary>How an interface is captured.</summary>
public sealed record LibpcapOptions
{
    /// <summary>A BPF expression as tcpdump takes it; empty for all packets.</summary>
    public string Filter { get; init; } = "";

    /// <summary>The largest packet of a loopback interface fits.</summary>
    public int SnapLength { get; init; } = CaptureFile.MaximumPacket;

    /// <summary>Bytes in the kernel: what a busy run may be ahead of us.</summary>
    public int BufferSize { get; init; } = 64 << 20;

    /// <summary>Also what is not for this machine: needed on a bridge.</summary>
    public bool Promiscuous { get; init; }
}

/// <summary>
/// Captures an interface of this machine by libpcap: nanosecond time stamps, each packet as soon as it comes. To
/// capture in another network namespace, open it on a thread inside that namespace.
/// </summary>
public sealed unsafe class LibpcapDevice : ICaptureDevice
{
    private const int HandOverMilliseconds = 2;

    private readonly bool _nanoseconds;
    private readonly int _descriptor;
    private nint _handle;
    private long _number;

    private LibpcapDevice(nint handle, string name, LibpcapOptions options)
    {
        _handle = handle;
        Name = name;
        Filter = options.Filter;
        Link = Files.PcapReader.Link((uint)pcap_datalink(handle));
        SnapLength = pcap_snapshot(handle);
        _descriptor = pcap_get_selectable_fd(handle);
        _nanoseconds = pcap_get_tstamp_precision(handle) == PrecisionNanoseconds;
    }

    public string Name { get; }

    public LinkType Link { get; }

    public int SnapLength { get; }

    public string Filter { get; }

    /// <summary>Null where this process may capture here; else one line that says what to do.</summary>
    public static string? WhyNot(string name = "lo")
    {
        try
        {
            using var device = Open(name, new LibpcapOptions { BufferSize = 1 << 20 });
            return null;
        }
        catch (CaptureException e)
        {
            return e.Message;
        }
    }

    /// <exception cref="CaptureException">No privilege, no such interface, no libpcap, a malformed filter.</exception>
    public static LibpcapDevice Open(string name, LibpcapOptions? options = null)
    {
        options ??= new LibpcapOptions();
        nint handle = 0;
        try
        {
            handle = Create(name);
            Activate(handle, name, options);
            SetFilter(handle, options.Filter);
            var device = new LibpcapDevice(handle, name, options);
            handle = 0;
            return device;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new CaptureException(
                $"{Library} is missing or too old: install it (Debian, Ubuntu: sudo apt-get install libpcap0.8; "
                + "Fedora: sudo dnf install libpcap)", e);
        }
        finally
        {
            if (handle != 0)
            {
                pcap_close(handle);
            }
        }
    }

    public CapturedPacket? Read(TimeSpan wait)
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        Header* header;
        byte* data;
        var result = pcap_next_ex(_handle, &header, &data);
        if (result == 0 && wait > TimeSpan.Zero)
        {
            Wait(wait);
            result = pcap_next_ex(_handle, &header, &data);
        }

        if (result == 0)
        {
            return null;
        }

        if (result != 1)
        {
            throw new CaptureException($"capture on {Name} failed: {Error(_handle)}");
        }

        var bytes = new ReadOnlySpan<byte>(data, (int)header->Captured).ToArray();
        var fraction = _nanoseconds ? header->Fraction : header->Fraction * 1000;
        var time = ((long)header->Seconds * 1_000_000_000) + fraction;
        return new CapturedPacket(++_number, time, Link, bytes, (int)header->Original);
    }

    public CaptureStatistics Statistics()
    {
        Counters counters = default;
        return _handle == 0 || pcap_stats(_handle, &counters) != 0
            ? default
            : new CaptureStatistics(counters.Received, (long)counters.Dropped + counters.InterfaceDropped);
    }

    public void Dispose()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            pcap_close(handle);
        }
    }

    /// <summary>libpcap's own wait has no end on an idle interface, whatever its time-out.</summary>
    private void Wait(TimeSpan limit) =>
        PollFd.Wait([new PollFd(_descriptor)], (int)Math.Ceiling(limit.TotalMilliseconds));

    private static nint Create(string name)
    {
        var error = stackalloc byte[ErrorBufferSize];
        var handle = pcap_create(name, error);
        return handle != 0
            ? handle
            : throw new CaptureException($"cannot capture on {name}: {Marshal.PtrToStringUTF8((nint)error)}");
    }

    private static void Activate(nint handle, string name, LibpcapOptions options)
    {
        _ = pcap_set_snaplen(handle, options.SnapLength);
        _ = pcap_set_promisc(handle, options.Promiscuous ? 1 : 0);
        // Not immediate: then the kernel's ring has slots of the largest packet's size, some hundred in all, and a
        // burst overruns them. This way blocks are filled, and handed over when full or after this time.
        _ = pcap_set_timeout(handle, HandOverMilliseconds);
        _ = pcap_set_immediate_mode(handle, 0);
        _ = pcap_set_buffer_size(handle, options.BufferSize);
        _ = pcap_set_tstamp_precision(handle, PrecisionNanoseconds);
        var result = pcap_activate(handle);
        if (result < 0)
        {
            throw new CaptureException(Refusal(result, handle, name));
        }

        var error = stackalloc byte[ErrorBufferSize];
        if (pcap_setnonblock(handle, 1, error) != 0)
        {
            throw new CaptureException($"cannot capture on {name}: {Marshal.PtrToStringUTF8((nint)error)}");
        }
    }

    private static string Refusal(int result, nint handle, string name) => result switch
    {
        ErrorPermissionDenied or ErrorPromiscuousPermissionDenied =>
            $"no privilege to capture on {name}: sudo setcap cap_net_raw,cap_net_admin=eip {Executable()}",
        ErrorNoSuchDevice => $"cannot capture on {name}: there is no such interface",
        ErrorInterfaceNotUp => $"cannot capture on {name}: the interface is down",
        _ => $"cannot capture on {name}: {Error(handle)}",
    };

    /// <summary>Capabilities belong to the file behind any links.</summary>
    private static string Executable()
    {
        var path = Environment.ProcessPath ?? "dotnet";
        return File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
    }

    private static void SetFilter(nint handle, string filter)
    {
        if (filter.Length == 0)
        {
            return;
        }

        Program program = default;
        if (pcap_compile(handle, &program, filter, optimize: 1, NetmaskUnknown) != 0)
        {
            throw new CaptureException($"malformed capture filter '{filter}': {Error(handle)}");
        }

        var result = pcap_setfilter(handle, &program);
        pcap_freecode(&program);
        if (result != 0)
        {
            throw new CaptureException($"cannot set capture filter '{filter}': {Error(handle)}");
        }
    }

    private static string Error(nint handle) => Marshal.PtrToStringUTF8(pcap_geterr(handle)) ?? "unknown error";
}
