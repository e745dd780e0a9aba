using System.Net;

namespace Torture.Targets.Containers.Engine;

/// <summary>An image to be built.</summary>
internal sealed record ImageBuild(string Tag)
{
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>For the ARG lines of the Dockerfile.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>();

    /// <summary>False: its commands have none.</summary>
    public bool HasNetwork { get; init; }
}

/// <summary>An internal network: its containers and the host reach each other, and nothing else.</summary>
internal sealed record NetworkSpec(string Name, IPNetwork Subnet)
{
    /// <summary>Null: no IPv6.</summary>
    public IPNetwork? Subnet6 { get; init; }

    /// <summary>Of the bridge interface, at most 15 characters; null: the engine's choice.</summary>
    public string? Bridge { get; init; }
}

/// <summary>Where a container is plugged in, with fixed addresses.</summary>
internal sealed record Attachment(string Network, IPAddress? Address = null, IPAddress? Address6 = null);

/// <summary>A container to be. Without a command the image's own is run.</summary>
internal sealed record ContainerSpec(string Name, string Image)
{
    public string? HostName { get; init; }

    /// <summary>Which interface belongs to which is not given by the order: look for the address.</summary>
    public IReadOnlyList<Attachment> Networks { get; init; } = [];

    public IReadOnlyList<string>? EntryPoint { get; init; }

    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Anybody who may inspect the container can read it: no secrets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Beyond the mark of the run.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Beyond the engine's own set, without <c>CAP_</c>: <c>NET_ADMIN</c>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>Folders in memory, empty after each start.</summary>
    public IReadOnlyList<string> MemoryFolders { get; init; } = [];

    /// <summary>Volumes, or folders of the engine's machine by their whole path, by where they are mounted.</summary>
    public IReadOnlyDictionary<string, string> Volumes { get; init; } = new Dictionary<string, string>();

    /// <summary>Names for /etc/hosts.</summary>
    public IReadOnlyDictionary<string, IPAddress> Hosts { get; init; } = new Dictionary<string, IPAddress>();
}

/// <summary>A program to run in a container: an argv, never a shell's line.</summary>
internal sealed record ExecSpec(params IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string? User { get; init; }

    public string? WorkingFolder { get; init; }

    /// <summary>False: standard input is empty.</summary>
    public bool WithInput { get; init; }

    /// <summary>
    /// A program that runs until its caller closes <see cref="IContainerExec.Input"/> or dies: it gets SIGTERM then. It
    /// has no standard input itself, and it needs a shell in the image.
    /// </summary>
    public static ExecSpec UntilInputEnds(params IReadOnlyList<string> arguments) =>
        new(["/bin/sh", "-c", Leash, "leash", .. arguments]) { WithInput = true };

    // The reader of the input and the program end each other, whichever is first.
    private const string Leash = """
        exec 3<&0
        "$@" </dev/null 3<&- & program=$!
        { while read -r _ <&3; do :; done; kill $program; } 2>/dev/null & reader=$!
        wait $program; code=$?
        kill $reader 2>/dev/null
        wait $reader 2>/dev/null
        exit $code
        """;
}
