using System.Globalization;

namespace Torture.Node;

/// <summary>What <c>torture-node node</c> was told.</summary>
/// <param name="Parent">The process whose end is this one's end.</param>
internal sealed record NodeArguments(string Cluster, string Name, string? Mutant, int? Parent)
{
    /// <returns>Null where they make no sense; <paramref name="wrong"/> says why.</returns>
    public static NodeArguments? Parse(ReadOnlySpan<string> arguments, out string wrong)
    {
        var values = new Dictionary<string, string>();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (arguments[i] is not ("--cluster" or "--name" or "--mutant" or "--parent") || i + 1 == arguments.Length)
            {
                wrong = $"unknown or unfinished argument {arguments[i]}";
                return null;
            }

            values[arguments[i]] = arguments[i + 1];
        }

        int? parent = null;
        if (values.TryGetValue("--parent", out var number))
        {
            parent = int.TryParse(number, CultureInfo.InvariantCulture, out var process) ? process : -1;
        }

        wrong = "--cluster FILE and --name NODE must be given";
        return values.TryGetValue("--cluster", out var cluster) && values.TryGetValue("--name", out var name)
            ? new NodeArguments(cluster, name, values.GetValueOrDefault("--mutant"), parent)
            : null;
    }
}
