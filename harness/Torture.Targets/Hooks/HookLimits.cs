using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>The limits of the file, and for making faults what its hooks may take.</summary>
internal static class HookLimits
{
    /// <summary>To start programs, to look before.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    public static Limits Of(TargetFile file) => file.Limits with
    {
        Fault = Slack + Of(file.Observe.Step) + file.Hooks.Values
            .Select(hook => Longer(Of(hook.Do), Of(hook.Undo) + 2 * Of(hook.Verify)))
            .Append(TimeSpan.Zero).Max(),
    };

    private static TimeSpan Of(HookStep? step) => step?.Deadline ?? TimeSpan.Zero;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
