namespace Torture.Cli.Setup;

/// <summary>
/// Packages of Debian and its kin. The package lists are fetched when they are needed and not there or too old, once.
/// </summary>
/// <param name="hasLists">Whether apt knows of any package.</param>
/// <param name="wait">Lets so much time pass.</param>
internal sealed class AptPackages(RunTool run, Func<bool> hasLists, Action<TimeSpan> wait, TextWriter log)
{
    /// <summary>So long another apt may keep its lock: it is installing something.</summary>
    public static readonly TimeSpan LockLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LockPoll = TimeSpan.FromSeconds(1);

    private static readonly string[] NotFound =
    [
        "Unable to locate package", "Couldn't find any package by", "has no installation candidate",
        // The lists name a file that the mirror has replaced meanwhile.
        "maybe run apt-get update",
    ];

    private bool _isUpdated;

    /// <summary>Whether this machine has lists of packages.</summary>
    public static bool HasLists() =>
        Directory.Exists("/var/lib/apt/lists")
        && Directory.EnumerateFiles("/var/lib/apt/lists", "*_Packages*").Any();

    /// <returns>False where it cannot be had; the line that says so was written.</returns>
    public bool Install(string package)
    {
        if (!hasLists())
        {
            Update("there are no package lists");
        }

        log.WriteLine($"setup: installing {package}");
        var result = Get("install", "-y", "-qq", "--no-install-recommends", package);
        if (!_isUpdated && !result.Succeeded && Says(result, NotFound))
        {
            Update($"the package lists do not have {package}");
            result = Get("install", "-y", "-qq", "--no-install-recommends", package);
        }

        return Succeeded("install", result);
    }

    /// <summary>Where that fails, what was there before may do: the installation shows.</summary>
    private void Update(string why)
    {
        if (_isUpdated)
        {
            return;
        }

        _isUpdated = true;
        log.WriteLine($"setup: {why}: apt-get update");
        var result = Get("update", "-qq");
        for (var waited = TimeSpan.Zero; waited < LockLimit && Says(result, "Could not get lock"); waited += LockPoll)
        {
            // The lock of the lists is one that apt itself does not wait for.
            wait(LockPoll);
            result = Get("update", "-qq");
        }

        Succeeded("update", result);
    }

    private ToolResult Get(string verb, params string[] arguments) =>
        run("apt-get", ["-o", $"DPkg::Lock::Timeout={LockLimit.TotalSeconds:0}", verb, .. arguments]);

    private bool Succeeded(string verb, ToolResult result)
    {
        if (!result.Succeeded)
        {
            log.WriteLine($"setup: apt-get {verb} ended with {result.ExitCode}: {result.Why}");
        }

        return result.Succeeded;
    }

    private static bool Says(ToolResult result, params string[] texts) =>
        texts.Any(text => result.Said.Contains(text, StringComparison.Ordinal));
}
