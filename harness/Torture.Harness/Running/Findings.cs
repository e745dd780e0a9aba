using Torture.Harness.Histories;

namespace Torture.Harness.Running;

/// <summary>What checkers found in a case; a checker that throws makes the case inconclusive.</summary>
internal sealed class Findings
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IReadOnlyList<Finding>> _byChecker = [];
    private readonly Dictionary<string, string> _failures = [];

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

    /// <summary>A later run of the same checker takes the place of the earlier one: it saw more.</summary>
    public void Run(IChecker checker, History history)
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
