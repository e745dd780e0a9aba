using NUnit.Framework.Interfaces;
using Torture.Harness.Clusters;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>A case before it runs, as its attributes describe it.</summary>
/// <param name="Id">Such as <c>rpc.witness.KeepAlive.Elapses</c>.</param>
/// <param name="FullName">As NUnit names the test.</param>
/// <param name="Breaks">Runs alone, since it breaks something.</param>
/// <param name="Takes">Its own limit of time, where it has one.</param>
public sealed record PlannedCase(
    string Id, string FullName, IReadOnlyList<string> Requirements, IReadOnlyList<Capability> Needs, bool Breaks,
    TimeSpan? Takes)
{
    private const string SuitesNamespace = "Torture.Suites.";

    /// <summary>Needs no cluster: a case of <c>Suites.Local</c>.</summary>
    public bool IsLocal => Id.StartsWith("local.", StringComparison.Ordinal);

    /// <summary>Such as <c>rpc.witness.KeepAlive</c>: what its arguments say is not part of it.</summary>
    public string Fixture => Id[..Id.Split('(')[0].LastIndexOf('.')];

    /// <summary>Null for a test that is no case: it has no [Verifies].</summary>
    public static PlannedCase? Of(ITest test)
    {
        var method = test.Method;
        if (test.IsSuite || method is null
            || method.GetCustomAttributes<VerifiesAttribute>(true) is not [var verifies, ..])
        {
            return null;
        }

        var type = method.TypeInfo.Type;
        var needs = method.GetCustomAttributes<NeedsAttribute>(true)
            .Concat(type.GetCustomAttributes(typeof(NeedsAttribute), inherit: true).Cast<NeedsAttribute>())
            .SelectMany(attribute => attribute.Capabilities);
        var takes = method.GetCustomAttributes<TakesAttribute>(true).FirstOrDefault()
            ?? type.GetCustomAttributes(typeof(TakesAttribute), inherit: true).Cast<TakesAttribute>().FirstOrDefault();
        var breaks = method.IsDefined<BreaksClusterAttribute>(true)
            || type.IsDefined(typeof(BreaksClusterAttribute), inherit: true);
        return new PlannedCase(
            IdOf(type, test), test.FullName, verifies.Requirements, [.. needs.Distinct().Order()], breaks, takes?.Time);
    }

    /// <summary>All cases of a loaded tree, in order of their ids.</summary>
    public static IReadOnlyList<PlannedCase> AllOf(ITest tree)
    {
        var found = new List<PlannedCase>();
        Collect(tree, found);
        return [.. found.OrderBy(planned => planned.Id, StringComparer.Ordinal)];
    }

    /// <summary>True for the case itself, its fixture or a suite above it, in any letter case.</summary>
    public bool IsUnder(string prefix) =>
        Id.Equals(prefix, StringComparison.OrdinalIgnoreCase)
        || Id.StartsWith(prefix.TrimEnd('.') + ".", StringComparison.OrdinalIgnoreCase)
        || (!prefix.StartsWith("local.", StringComparison.OrdinalIgnoreCase)
            && Id.StartsWith($"local.{prefix.TrimEnd('.')}.", StringComparison.OrdinalIgnoreCase));

    /// <summary>What results.json says of it until it has run.</summary>
    internal CaseResult NotReached => new()
    {
        Id = Id,
        Verdict = Verdict.Inconclusive,
        Reason = CaseResult.NotReached,
        Requirements = Requirements,
        Needs = [.. Needs.Select(need => need.ToString())],
    };

    private static void Collect(ITest test, List<PlannedCase> found)
    {
        if (Of(test) is { } planned)
        {
            found.Add(planned);
        }

        foreach (var child in test.Tests)
        {
            Collect(child, found);
        }
    }

    /// <summary>
    /// The full name without the suites' root; namespaces in lower case, fixture and case as written.
    /// </summary>
    private static string IdOf(Type type, ITest test)
    {
        var space = type.Namespace is { } name ? name + "." : "";
        var rest = test.FullName.StartsWith(space, StringComparison.Ordinal)
            ? test.FullName[space.Length..]
            : test.Name;
        return space.Replace(SuitesNamespace, "", StringComparison.Ordinal).ToLowerInvariant()
            + rest.Replace('+', '.');
    }
}
