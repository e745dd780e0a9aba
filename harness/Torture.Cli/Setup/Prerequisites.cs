using System.Runtime.InteropServices;

namespace Torture.Cli.Setup;

/// <summary>What a run needs of the machine: looks, installs where it can, else says what to do.</summary>
internal sealed partial class Prerequisites(TextWriter log)
{
    private readonly AptPackages _packages =
        new(Tool.Run, AptPackages.HasLists, pause => Task.Delay(pause).Wait(), log);

    /// <summary>Where things that take long to make are kept between runs.</summary>
    public static string CacheFolder =>
        Environment.GetEnvironmentVariable("TORTURE_CACHE")
        ?? (Environment.UserName == "root"
            ? "/var/cache/torture"
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "torture"));

    /// <summary>
    /// A root file system with Samba's own witness client and tests, and CTDB ([run by] chroot). Another number for
    /// other packages, so that runs of an earlier version keep theirs.
    /// </summary>
    public static string ForeignRoot => Path.Combine(CacheFolder, "samba-trixie-2");

    /// <summary>For a run on a target of this name; a target file brings its own.</summary>
    /// <returns>False where something is missing that cannot be installed; the line that says so was written.</returns>
    public async Task<bool> EnsureForAsync(string target, CancellationToken cancellationToken) => target switch
    {
        "loopback" => EnsureForRun(),
        "containers" or "containers-ctdb" => EnsureForRun() && await EnsureContainersAsync(cancellationToken),
        // Its hooks use the engine's own command.
        "samba-ctdb" => EnsureForRun() && await EnsureContainersAsync(cancellationToken)
            && (Find("docker") is not null || Install("docker-cli")),
        _ => true,
    };

    /// <summary>For the conformance run: libpcap to capture, iproute2 for the IPv6 route.</summary>
    /// <returns>False where something is missing that cannot be installed; the line that says so was written.</returns>
    public bool EnsureForRun()
    {
        if (!OperatingSystem.IsLinux())
        {
            log.WriteLine("torture: clusters of this version need Linux; `torture inspect` and `report` run anywhere.");
            return false;
        }

        var capture = CanLoad("libpcap.so.0.8") || Install("libpcap0.8") && CanLoad("libpcap.so.0.8");
        var route = Find("ip") is not null || Install("iproute2") && Find("ip") is not null;
        return capture && route;
    }

    /// <summary>For the self-tests, also: tshark and a root with Samba's rpcclient and smbtorture, and ctdbd.</summary>
    public bool EnsureForeignEyes()
    {
        var tshark = Find("tshark") is not null || Install("tshark") && Find("tshark") is not null;
        return tshark && EnsureForeignRoot();
    }

    private bool EnsureForeignRoot()
    {
        if (File.Exists(Path.Combine(ForeignRoot, "usr/bin/smbtorture")))
        {
            return true;
        }

        if (Find("mmdebstrap") is null && !Install("mmdebstrap"))
        {
            return false;
        }

        log.WriteLine($"setup: making {ForeignRoot} (Debian trixie with smbtorture, rpcclient and ctdbd), once");
        Directory.CreateDirectory(CacheFolder);
        var unfinished = $"{ForeignRoot}.{Environment.ProcessId}";
        var made = Tool.Run(
            "mmdebstrap",
            "--variant=minbase", "--aptopt=APT::Install-Recommends \"false\"",
            "--include=smbclient,samba-testsuite,samba-common-bin,ctdb",
            "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/locale/*",
            "--dpkgopt=path-exclude=/usr/share/doc/*",
            "trixie", unfinished);
        if (!made.Succeeded)
        {
            log.WriteLine($"setup: mmdebstrap ended with {made.ExitCode}: {made.Why}");
            return false;
        }

        try
        {
            Directory.Move(unfinished, ForeignRoot);
        }
        catch (IOException) when (Directory.Exists(ForeignRoot))
        {
            // Another setup was quicker; the two are alike.
            Directory.Delete(unfinished, recursive: true);
        }

        return true;
    }

    private bool Install(string package)
    {
        if (Environment.UserName != "root" || Find("apt-get") is null)
        {
            log.WriteLine($"setup: {package} is missing: install it (Debian: sudo apt-get install {package})");
            return false;
        }

        return _packages.Install(package);
    }

    private static bool CanLoad(string library)
    {
        var loaded = NativeLibrary.TryLoad(library, out var handle);
        if (loaded)
        {
            NativeLibrary.Free(handle);
        }

        return loaded;
    }

    private static string? Find(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
            .Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
}
