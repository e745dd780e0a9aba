using System.Globalization;
using System.Linq.Expressions;
using Torture.Harness.Histories;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Harness.Witness;

namespace Torture.Harness.Checking;

/// <summary>What the checks of a case have found so far.</summary>
internal sealed class CheckLog(CaseRun run)
{
    private readonly Lock _gate = new();
    private readonly List<RecordedCheck> _checks = [];

    public IReadOnlyList<RecordedCheck> Checks
    {
        get
        {
            lock (_gate)
            {
                return [.. _checks];
            }
        }
    }

    public void Compare<TReply, T>(
        string requirement, TReply reply, Expression<Func<TReply, T>> what, T expected, T[] tolerated)
        where TReply : Reply
    {
        var read = what.Compile();
        Add(new RecordedCheck(
            Begin(requirement, Subject(what), Render.Value(expected)) with
            {
                Tolerated = Or(tolerated),
                ToleratedValues = [.. tolerated.Select(one => Render.Value(one))],
                Path = MemberPath.Of(what),
            },
            reply,
            seen => Judgement.Of(() => read((TReply)seen), expected, tolerated)));
    }

    public void Within<TReply>(
        string requirement, TReply reply, Expression<Func<TReply, TimeSpan?>> what, Window expected,
        Window? tolerated)
        where TReply : Reply
    {
        var read = what.Compile();
        Add(new RecordedCheck(
            Begin(requirement, Subject(what), expected.ToString()) with
            {
                Tolerated = tolerated?.ToString(),
                Path = MemberPath.Of(what),
                Window = WindowResult.Of(expected),
                ToleratedWindow = tolerated is null ? null : WindowResult.Of(tolerated),
            },
            reply,
            seen => Judgement.Within(read((TReply)seen), expected, tolerated)));
    }

    public void Holds<TReply>(
        string requirement, TReply reply, Expression<Func<TReply, bool>> what, string expected)
        where TReply : Reply
    {
        var read = what.Compile();
        Add(new RecordedCheck(
            Begin(requirement, Subject(what), expected),
            reply,
            seen => Judgement.Holds(() => read((TReply)seen), seen)));
    }

    public void Compare<T>(string requirement, T actual, T expected, T[] tolerated, string subject)
    {
        var judged = Judgement.Of(() => actual, expected, tolerated);
        Add(new RecordedCheck(
            Begin(requirement, subject, Render.Value(expected)) with
            {
                Tolerated = Or(tolerated),
                Outcome = judged.Outcome,
                Actual = judged.Actual,
            }));
    }

    public void Record(string requirement, bool holds, string subject, string expected, string actual) =>
        Add(new RecordedCheck(
            Begin(requirement, subject, expected) with
            {
                Outcome = holds ? CheckOutcome.Held : CheckOutcome.Broken,
                Actual = actual,
            }));

    public void Throws<TException>(string requirement, Action action, string subject)
        where TException : Exception
    {
        Exception? thrown = null;
        try
        {
            action();
        }
        catch (Exception exception)
        {
            thrown = exception;
        }

        Record(
            requirement, thrown?.GetType() == typeof(TException), subject, typeof(TException).Name,
            thrown is null ? "nothing was thrown" : $"{thrown.GetType().Name}: {thrown.Message}");
    }

    public async Task RunAsync(IReadOnlyList<IChecker> checkers)
    {
        await run.ReadWireAsync();
        foreach (var checker in checkers)
        {
            run.Findings.Ask(checker, run.History);
        }
    }

    private static string? Or<T>(T[] tolerated) =>
        tolerated.Length == 0 ? null : string.Join(" or ", tolerated.Select(one => Render.Value(one)));

    private static string Subject(LambdaExpression what) => "reply" + MemberPath.Text(what);

    private CheckResult Begin(string requirement, string subject, string expected) => new()
    {
        Requirement = requirement,
        Outcome = CheckOutcome.CannotTell,
        Subject = subject,
        Expected = expected,
        Actual = "",
        At = run.Time.GetUtcNow() - run.StartedAt,
    };

    private void Add(RecordedCheck check)
    {
        lock (_gate)
        {
            _checks.Add(check);
        }

        run.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"check {check.Result.Requirement} {check.Result.Subject}: {check.Result.Outcome}, {check.Result.Actual}"));
    }
}
