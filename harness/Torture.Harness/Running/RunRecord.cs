using Torture.Harness.Clusters;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>results.json while the run goes on: whole at any moment.</summary>
internal sealed class RunRecord
{
    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly TimeProvider? _time;
    private readonly SortedDictionary<string, CaseResult> _cases = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private RunResults _results;
    private bool _writing;
    private bool _changed;

    /// <param name="time">Null: the run takes the time that its cases take together.</param>
    public RunRecord(string folder, RunResults begun, IEnumerable<PlannedCase> plan, TimeProvider? time)
    {
        (_folder, _results, _time) = (folder, begun, time);
        foreach (var planned in plan)
        {
            _cases[planned.Id] = planned.NotReached;
        }

        Write();
    }

    public RunResults Results
    {
        get
        {
            lock (_gate)
            {
                return Snapshot();
            }
        }
    }

    public CaseResult? Find(string id)
    {
        lock (_gate)
        {
            return _cases.GetValueOrDefault(id);
        }
    }

    public void Put(CaseResult result)
    {
        lock (_gate)
        {
            _cases[result.Id] = result;
        }

        Write();
    }

    /// <summary>Cases that a runner names only when they begin.</summary>
    public void Plan(PlannedCase planned)
    {
        lock (_gate)
        {
            if (!_cases.TryAdd(planned.Id, planned.NotReached))
            {
                return;
            }
        }

        Write();
    }

    public void Describe(ICluster cluster)
    {
        lock (_gate)
        {
            _results = _results with
            {
                Nodes = [.. cluster.Nodes.Select(node => node.Name)],
                PublicAddresses = [.. cluster.PublicAddresses.Select(address => address.ToString())],
                Capabilities = [.. cluster.Capabilities.Present.Select(capability => capability.ToString())],
                Missing = cluster.Capabilities.Missing.ToSortedDictionary(
                    missing => missing.Key.ToString(), missing => missing.Value),
                Limits = LimitsOf(cluster.Limits),
                Cluster = cluster.Id,
                Known = cluster.Expectations.All.Count > 0 ? cluster.Expectations : null,
            };
        }

        Write();
    }

    public void Stop(string reason)
    {
        lock (_gate)
        {
            _results = _results with { Stopped = _results.Stopped ?? reason };
        }

        Write();
    }

    public void Note(string note)
    {
        lock (_gate)
        {
            _notes.Add(note);
        }

        Write();
    }

    public RunResults Finish()
    {
        lock (_gate)
        {
            _results = Snapshot() with { Finished = true };
        }

        Write();
        return Results;
    }

    private static SortedDictionary<string, TimeSpan> LimitsOf(Limits limits) =>
        typeof(Limits).GetProperties().Where(property => property.PropertyType == typeof(TimeSpan))
            .ToSortedDictionary(
                property => char.ToLowerInvariant(property.Name[0]) + property.Name[1..],
                property => (TimeSpan)property.GetValue(limits)!);

    private RunResults Snapshot() => _results with
    {
        Cases = [.. _cases.Values],
        Notes = [.. _notes],
        Elapsed = _time?.GetUtcNow() - _results.Started
            ?? _cases.Values.Aggregate(TimeSpan.Zero, (sum, result) => sum + result.Elapsed),
    };

    /// <summary>One writer at a time; what changes meanwhile is written by the one who is at it.</summary>
    private void Write()
    {
        lock (_gate)
        {
            _changed = true;
            if (_writing)
            {
                return;
            }

            _writing = true;
        }

        while (Next() is { } results)
        {
            ResultsFile.Write(_folder, results);
        }
    }

    private RunResults? Next()
    {
        lock (_gate)
        {
            if (!_changed)
            {
                _writing = false;
                return null;
            }

            _changed = false;
            return Snapshot();
        }
    }
}

file static class Sorted
{
    public static SortedDictionary<string, TValue> ToSortedDictionary<T, TValue>(
        this IEnumerable<T> items, Func<T, string> key, Func<T, TValue> value)
    {
        var sorted = new SortedDictionary<string, TValue>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            sorted[key(item)] = value(item);
        }

        return sorted;
    }
}
