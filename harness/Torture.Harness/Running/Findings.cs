using Torture.Harness.Histories;

namespace Torture.Harness.Running;

/// <summary>What checkers found in a case; a checker that throws makes the case inconclusive.</summary>
internal sealed class Findings
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IReadOnlyList<Finding>> _byChecker = [];
    private readonly Dictionary<string, string> _failures = [];
    private readonly Dictionary<string, IChecker> _asked = AlwaysOn.Checkers.ToDictionary(checker => checker.Name);

    public IReadOnlyDictionary<string, IReadOnlyList<Finding>> ByChecker
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, IReadOnlyList<Finding>>(_byChecker);
            }
        }
    }

    /// <summary>Checker to what it threw.</summary>
    public IReadOnlyDictionary<string, string> Failures
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, string>(_failures);
            }
        }
    }

    /// <summary>Runs what the case asked for, now and again at its end, when there is more to see.</summary>
    public void Ask(IChecker checker, History history)
    {
        lock (_gate)
        {
            _asked[checker.Name] = checker;
        }

        history.Add(at => new CheckerAsked(at, checker.Name, checker.Limit));
        Run(checker, history);
    }

    /// <summary>Those that watch every case, those that the case asked for, and these.</summary>
    public void RunAll(History history, params IEnumerable<IChecker> more)
    {
        IChecker[] checkers;
        lock (_gate)
        {
            foreach (var checker in more)
            {
                _asked[checker.Name] = checker;
            }

            checkers = [.. _asked.Values];
        }

        foreach (var checker in checkers)
        {
            Run(checker, history);
        }
    }

    private void Run(IChecker checker, History history)
    {
        IReadOnlyList<Finding> found = [];
        string? failure = null;
        try
        {
            found = [.. checker.Check(history)];
        }
        catch (Exception thrown)
        {
            failure = $"{checker.Name} threw {thrown.GetType().Name}: {thrown.Message}";
        }

        lock (_gate)
        {
            _byChecker[checker.Name] = found;
            _failures.Remove(checker.Name);
            if (failure is not null)
            {
                _failures[checker.Name] = failure;
            }
        }
    }
}
