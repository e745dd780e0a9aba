namespace Torture.Targets.Containers.Engine;

/// <summary>
/// All that the project asks of a container engine. Networks, containers and volumes carry the labels of
/// <see cref="Mark"/>, so that what a crashed run leaves is found; networks are always internal.
/// </summary>
/// <remarks>
/// Names and ids are interchangeable in arguments. Each method throws <see cref="EngineException"/>: one line that says
/// what to do.
/// </remarks>
internal interface IContainerEngine : IDisposable
{
    EngineVersion Version { get; }

    /// <summary>The engine runs on this machine: its networks are in reach, its processes can be seen.</summary>
    bool IsLocal { get; }

    /// <summary>The run that owns what is made here.</summary>
    RunMark Mark { get; }

    /// <returns>Null where there is no such image.</returns>
    Task<ImageInfo?> FindImageAsync(string image, CancellationToken cancellationToken);

    Task<IReadOnlyList<ImageInfo>> ListImagesAsync(string label, CancellationToken cancellationToken);

    /// <summary>An image of one layer from a tar of a root file system.</summary>
    Task ImportImageAsync(
        Stream rootFileSystem, string tag, IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken);

    /// <summary>Builds from a tar with a Dockerfile.</summary>
    Task BuildImageAsync(Stream context, ImageBuild image, CancellationToken cancellationToken);

    /// <summary>Gone already is as good.</summary>
    Task RemoveImageAsync(string image, CancellationToken cancellationToken);

    Task<NetworkInfo> CreateNetworkAsync(NetworkSpec network, CancellationToken cancellationToken);

    /// <param name="label">Only those with it, <c>name</c> or <c>name=value</c>; null: all.</param>
    Task<IReadOnlyList<NetworkInfo>> ListNetworksAsync(string? label, CancellationToken cancellationToken);

    /// <summary>Gone already is as good.</summary>
    Task RemoveNetworkAsync(string network, CancellationToken cancellationToken);

    /// <summary>Plugs a container in; its interface gets a new name.</summary>
    Task ConnectAsync(string container, Attachment attachment, CancellationToken cancellationToken);

    /// <summary>Pulls the interface of a container out; not plugged in is as good.</summary>
    Task DisconnectAsync(string container, string network, CancellationToken cancellationToken);

    /// <returns>The id.</returns>
    Task<string> CreateContainerAsync(ContainerSpec container, CancellationToken cancellationToken);

    Task StartAsync(string container, CancellationToken cancellationToken);

    /// <summary>SIGTERM, then SIGKILL after the grace; stopped already is as good.</summary>
    Task StopAsync(string container, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Sends a signal to process 1 of the container, such as <c>SIGKILL</c>.</summary>
    Task KillAsync(string container, string signal, CancellationToken cancellationToken);

    /// <summary>Freezes all processes of the container.</summary>
    Task PauseAsync(string container, CancellationToken cancellationToken);

    Task UnpauseAsync(string container, CancellationToken cancellationToken);

    /// <summary>Ends it whatever its state, and removes it; gone already is as good.</summary>
    Task RemoveContainerAsync(string container, CancellationToken cancellationToken);

    /// <returns>Null where there is no such container.</returns>
    Task<ContainerInfo?> InspectAsync(string container, CancellationToken cancellationToken);

    /// <summary>Those with the label, ended ones too.</summary>
    Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(string label, CancellationToken cancellationToken);

    /// <summary>Waits until it is not running any more; the exit code of process 1.</summary>
    Task<int> WaitForExitAsync(string container, CancellationToken cancellationToken);

    /// <summary>What process 1 wrote so far to both of its outputs; also of a container that has ended.</summary>
    /// <param name="lastLines">Only so many; null: all.</param>
    Task<string> ReadLogsAsync(string container, int? lastLines, CancellationToken cancellationToken);

    /// <summary>Starts a program in a running container, attached to the caller.</summary>
    Task<IContainerExec> ExecAsync(string container, ExecSpec program, CancellationToken cancellationToken);

    /// <summary>Unpacks a tar under a folder that exists in the container, which need not run.</summary>
    Task CopyInAsync(string container, string folder, Stream tar, CancellationToken cancellationToken);

    Task CreateVolumeAsync(string volume, CancellationToken cancellationToken);

    Task<IReadOnlyList<VolumeInfo>> ListVolumesAsync(string label, CancellationToken cancellationToken);

    /// <summary>Gone already is as good.</summary>
    Task RemoveVolumeAsync(string volume, CancellationToken cancellationToken);
}
