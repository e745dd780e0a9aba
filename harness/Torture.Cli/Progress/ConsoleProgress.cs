using System.Globalization;
using Torture.Harness.Reports;
using Torture.Harness.Results;

namespace Torture.Cli.Progress;

/// <summary>
/// What a person sees of a run: findings as they come, what is running and how much is left, and one sentence at the
/// end. On a terminal the last line is alive; elsewhere a line tells now and then how far the run is.
/// </summary>
internal sealed class ConsoleProgress : IDisposable
{
    /// <summary>How often a run that is no terminal's says how far it is.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly TextWriter _output;
    private readonly ConsoleStyle _style;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Dictionary<string, long> _running = [];
    private readonly SortedDictionary<Verdict, int> _counts = [];
    private readonly long _begun;
    private int _total;
    private int _finished;
    private bool _ended;

    public ConsoleProgress(TextWriter output, ConsoleStyle style, TimeProvider time)
    {
        (_output, _style, _time) = (output, style, time);
        _begun = time.GetTimestamp();
        var period = style.IsTerminal ? TimeSpan.FromSeconds(1) : Heartbeat;
        _timer = time.CreateTimer(_ => Tick(), null, period, period);
    }

    /// <summary>How many cases there are.</summary>
    public void Planned(int total)
    {
        lock (_gate)
        {
            _total = total;
            PaintStatus();
        }
    }

    public void Started(string id)
    {
        lock (_gate)
        {
            _running[id] = _time.GetTimestamp();
            PaintStatus();
        }
    }

    public void Finished(CaseResult result)
    {
        lock (_gate)
        {
            _running.Remove(result.Id);
            _finished++;
            _counts[result.Verdict] = _counts.GetValueOrDefault(result.Verdict) + 1;

            if (result is { Verdict: Verdict.Failed or Verdict.Inconclusive, Message: { } message })
            {
                Print(_style.Colour(result.Verdict, message));
            }

            PaintStatus();
        }
    }

    /// <summary>A line that is no result: the cluster is up, was rebuilt.</summary>
    public void Say(string line)
    {
        lock (_gate)
        {
            Print(ReportText.Printed(line));
            PaintStatus();
        }
    }

    /// <summary>The last word.</summary>
    /// <param name="report">Path of report.html; null where none was written.</param>
    public void End(RunResults results, string? report)
    {
        lock (_gate)
        {
            _ended = true;
            ClearStatus();
            var (verdict, word, sentence) = ReportText.Headline(results);
            _output.WriteLine();
            _output.WriteLine($"{_style.Colour(verdict, word + ".")} {sentence}");
            _output.WriteLine($"{ReportText.Counts(results)} in {ReportText.Length(results.Elapsed)}");

            if (report is not null)
            {
                _output.WriteLine($"report: {report}");
            }

            _output.Flush();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();

        lock (_gate)
        {
            if (!_ended)
            {
                ClearStatus();
            }

            _ended = true;
        }
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_ended || _total == 0)
            {
                return;
            }

            if (_style.IsTerminal)
            {
                PaintStatus();
            }
            else
            {
                _output.WriteLine(Status(int.MaxValue));
                _output.Flush();
            }
        }
    }

    private void Print(string text)
    {
        ClearStatus();
        _output.WriteLine(text.TrimEnd('\n'));
        _output.Flush();
    }

    private void ClearStatus()
    {
        if (_style.IsTerminal)
        {
            _output.Write("\r\e[K");
        }
    }

    private void PaintStatus()
    {
        if (_style.IsTerminal && !_ended && _total > 0)
        {
            _output.Write("\r\e[K" + Status(_style.Width - 1));
            _output.Flush();
        }
    }

    /// <summary>How far, what is red, how long, what is running: the longest runner first.</summary>
    private string Status(int width)
    {
        var parts = new List<string> { $"{Number(_finished)}/{Number(_total)}" };

        foreach (var verdict in (Verdict[])[Verdict.Failed, Verdict.Inconclusive])
        {
            if (_counts.TryGetValue(verdict, out var count))
            {
                parts.Add($"{Number(count)} {(verdict == Verdict.Failed ? "failed" : "inconclusive")}");
            }
        }

        parts.Add(ReportText.Length(_time.GetElapsedTime(_begun)));

        if (_running.Count > 0)
        {
            var (id, since) = _running.MinBy(pair => pair.Value);
            var more = _running.Count > 1 ? $" and {Number(_running.Count - 1)} more" : "";
            parts.Add($"running {id} ({ReportText.Length(_time.GetElapsedTime(since))}){more}");
        }

        var line = string.Join("  ", parts);

        return line.Length <= width ? line : line[..width];
    }

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
