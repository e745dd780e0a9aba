namespace Torture.Targets.Reference;

/// <summary>
/// What the .NET runtime of a node is told. A node lives for seconds and serves three clients, or three hundred: it
/// needs no heap for each core, and compiling again what is hot would take half of its processor time and never pay. A
/// thread that has nothing to do does not spin, and code is not mapped twice: a dozen nodes share two cores.
/// </summary>
public static class NodeRuntime
{
    /// <summary>By name, for the environment of the node's process.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_TC_CallCounting"] = "0",
        ["DOTNET_EnableWriteXorExecute"] = "0",
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };

    public static void AddTo(IDictionary<string, string?> environment)
    {
        foreach (var (name, value) in Environment)
        {
            environment[name] = value;
        }
    }
}
