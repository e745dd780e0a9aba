using System.Runtime.InteropServices;

namespace Torture.Targets.Containers.Links;

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollFd
{
    public const short Readable = 1;

    public int Descriptor;
    public short Events;
    public short Result;
}
