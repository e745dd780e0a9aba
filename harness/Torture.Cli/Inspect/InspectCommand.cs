using Torture.Captures;
using Torture.Protocol;
using Torture.Protocol.Security;
using Torture.Requirements;

namespace Torture.Cli.Inspect;

/// <summary>What <c>torture inspect</c> shows.</summary>
/// <param name="Json">Rows instead of lines.</param>
/// <param name="Latency">Also the timeline of each failover and their distribution.</param>
internal sealed record InspectOptions(bool Json = false, bool Latency = false);

/// <summary>Prints every witness call and notification of a capture; what a notification violates, it names.</summary>
internal static class InspectCommand
{
    private const int Conforms = 0;
    private const int Violation = 1;
    private const int Unusable = 3;

    /// <summary>Exit code 0, 1 where a notification violates a requirement, 3 where a file cannot be read.</summary>
    public static int Run(string file, string? keys, bool json, TextWriter output) =>
        Run(file, keys, new InspectOptions(json), output);

    public static int Run(string file, string? keys, InspectOptions options, TextWriter output)
    {
        var warnings = new List<string>();
        try
        {
            var trace = TraceBuilder.Read(
                CaptureFile.Read(file, warnings.Add), new TraceOptions { Keys = KeysOf(keys) });
            var findings = NotificationAudit.Check(trace);
            Print(trace, findings, options, output);
            if (!options.Json)
            {
                warnings.ForEach(w => output.WriteLine($"warning: {w}"));
                output.WriteLine(Summary(trace, findings));
            }

            return findings.Count == 0 ? Conforms : Violation;
        }
        catch (Exception e) when (e is CaptureException or ProtocolException or IOException
            or UnauthorizedAccessException)
        {
            output.WriteLine($"torture inspect: {e.Message}");
            return Unusable;
        }
    }

    private static KeyRing KeysOf(string? path)
    {
        var ring = new KeyRing();
        foreach (var entry in path is null ? [] : KeyLogFile.Read(path))
        {
            ring.Record(entry);
        }

        return ring;
    }

    private static void Print(
        WitnessTrace trace, IReadOnlyList<NotificationFinding> findings, InspectOptions options, TextWriter output)
    {
        var renderer = new TraceRenderer(trace);
        var lines = options.Json ? renderer.Json(findings) : renderer.Lines(findings);
        if (options is { Latency: true, Json: false })
        {
            var timelines = Timeline.BuildAll(trace);
            lines = lines.Concat(timelines.SelectMany(renderer.Lines));
            if (LatencyDistribution.Of(timelines.Select(t => t.Latency)) is { } distribution)
            {
                lines = lines.Append($"latency T0 to T7: {distribution}");
            }
        }

        foreach (var line in lines)
        {
            output.WriteLine(line);
        }

        foreach (var id in options.Json ? [] : findings.Select(f => f.Requirement).Distinct())
        {
            output.WriteLine(Explain(id));
        }
    }

    private static string Explain(string id) =>
        Catalogue.All.FirstOrDefault(r => r.Id == id) is { } requirement
            ? $"{id}  [{requirement.Specification}] {requirement.Section}  {requirement.Sentence}"
            : id;

    private static string Summary(WitnessTrace trace, IReadOnlyList<NotificationFinding> findings)
    {
        var witness = trace.Calls.Count(c => c.IsWitness);
        var closed = trace.Calls.Count(c => c.Unreadable is not null);
        return $"{witness} witness calls, {findings.Count} violations"
            + (closed == 0 ? "" : $", {closed} calls not readable (sealed ones open with --keys)");
    }
}
