using System.Text.Json;
using System.Text.Json.Serialization;

namespace Torture.Harness.Results;

/// <summary>
/// What is known of a product. A case that fails only in ways that are known ends Expected; one that shows nothing of
/// what is known of it fails, since the list is a statement about the product and must be true; but for what is known
/// not to show every time.
/// </summary>
public sealed record Expectations
{
    public static readonly Expectations None = new() { Product = "" };

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Which product, which version.</summary>
    public required string Product { get; init; }

    [JsonPropertyName("expectations")]
    public IReadOnlyList<Expectation> All { get; init; } = [];

    /// <param name="name">For messages.</param>
    /// <exception cref="FormatException">It is no such list: what is wrong, in one line.</exception>
    public static Expectations Parse(string name, string text)
    {
        try
        {
            var read = JsonSerializer.Deserialize<Expectations>(text, Options)
                ?? throw new FormatException($"{name} is empty");
            return read.All.FirstOrDefault(one => one.Requirement is null == one.Reason is null) is { } vague
                ? throw new FormatException($"{name}: {vague.Case}: give either requirement or reason")
                : read;
        }
        catch (JsonException broken)
        {
            throw new FormatException($"{name}: {broken.Message.ReplaceLineEndings(" ")}", broken);
        }
    }

    public CaseResult Judge(CaseResult result)
    {
        var known = All.Where(one => one.IsOf(result)).ToList();
        if (known.Count == 0 || result.Verdict is Verdict.NotSupported || result.Reason == CaseResult.NotReached)
        {
            return result;
        }

        var broken = result.Checks.Where(check => check.Outcome == CheckOutcome.Broken).ToList();
        var shown = known.Where(one => broken.Any(one.Explains) || one.ExplainsReason(result)).ToList();
        if (known.Except(shown).FirstOrDefault(one => one.Sometimes is null) is { } stale)
        {
            return result.Verdict > Verdict.Expected ? result : Stale(result, stale);
        }

        var isExplained = broken.All(check => shown.Any(one => one.Explains(check)))
            && result.Checks.All(check => check.Outcome != CheckOutcome.CannotTell)
            && (result.BesidesChecks <= Verdict.Expected || shown.Any(one => one.ExplainsReason(result)));
        var told = string.Join(' ', shown.Select(one => one.Does).Distinct());
        return result with
        {
            Verdict = isExplained && result.Verdict > Verdict.Expected ? Verdict.Expected : result.Verdict,
            Expectation = told,
        };
    }

    private static CaseResult Stale(CaseResult result, Expectation stale) => result with
    {
        Verdict = Verdict.Failed,
        BesidesChecks = Verdict.Failed,
        Expectation = stale.Does,
        IsStale = true,
        Reason = $"passed, and was expected not to: {stale.Does} Remove it from the list of expectations"
            + $" ({stale.Case}, {stale.Requirement ?? stale.Reason})",
    };
}
