using System.CommandLine;
using Torture.Harness.Running;

namespace Torture.Cli.Run;

/// <summary>The options that say which target, for every command that brings one up.</summary>
internal static class TargetOptionsOf
{
    public static readonly Option<string> Target = new("--target")
    {
        Description = "Name of a target, or path of a target file. TORTURE_TARGET says the same.",
        DefaultValueFactory = _ => RunOptions.FromEnvironment().Target,
    };

    public static readonly Option<int> Nodes = new("--nodes")
    {
        Description = "Nodes of a cluster that is made for the run.",
        DefaultValueFactory = _ => RunOptions.FromEnvironment().Nodes,
    };

    public static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seeds what is random.",
        DefaultValueFactory = _ => RunOptions.FromEnvironment().Seed,
    };

    public static readonly Option<string?> Mutant = new("--mutant")
    {
        Description = "Run against a deliberately defective reference server.",
        DefaultValueFactory = _ => RunOptions.FromEnvironment().Mutant,
    };

    public static readonly Option<string[]> Set = new("--set")
    {
        Description = "A setting of the target, NAME=VALUE: profile=ctdb for CTDB's own intervals.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static readonly Option<string> Out = new("--out")
    {
        Description = "Folder above the run's own folder.",
        DefaultValueFactory = _ => RunOptions.FromEnvironment().Out,
    };

    public static RunOptions Read(ParseResult parsed) => RunOptions.FromEnvironment() with
    {
        Target = parsed.GetValue(Target)!,
        Nodes = parsed.GetValue(Nodes),
        Seed = parsed.GetValue(Seed),
        Mutant = parsed.GetValue(Mutant),
        Out = parsed.GetValue(Out)!,
        Settings = SettingsOf(parsed.GetValue(Set) ?? []),
    };

    public static Dictionary<string, string> SettingsOf(string[] pairs) =>
        pairs.Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair.Length == 2 ? pair[1] : "true", StringComparer.Ordinal);
}
