namespace Torture.Targets.Hooks;

/// <summary>Where things are kept that outlive a run: TORTURE_STATE, or the user's folder for such things.</summary>
internal static class StateFolder
{
    public static string Make(params ReadOnlySpan<string> below)
    {
        var root = Of("TORTURE_STATE")
            ?? (Of("XDG_STATE_HOME") is { } state ? Path.Combine(state, "torture") : null)
            ?? (Of("HOME") is { } home ? Path.Combine(home, ".local", "state", "torture") : null)
            ?? Path.Combine(Path.GetTempPath(), $"torture-state-{Environment.UserName}");
        var folder = Path.Combine([root, .. below]);
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder).FullName
            : Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    private static string? Of(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
