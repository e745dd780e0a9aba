using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Harness.Witness;

namespace Torture.Harness.Checking;

/// <summary>A check, and how to judge it again from another copy of the reply.</summary>
internal sealed class RecordedCheck
{
    private readonly Func<Reply, Judgement>? _judge;

    /// <summary>A check that no packet belongs to.</summary>
    public RecordedCheck(CheckResult result) => Result = result;

    public RecordedCheck(CheckResult begun, Reply reply, Func<Reply, Judgement> judge)
    {
        _judge = judge;
        Reply = reply;
        var judged = judge(reply);
        Result = begun with
        {
            Outcome = judged.Outcome,
            Actual = judged.Actual,
            Call = CallResult.Of(reply),
            Reply = begun.Path is null ? Render.Value(reply) : null,
        };
    }

    public CheckResult Result { get; private set; }

    public Reply? Reply { get; }

    /// <summary>Looks at the reply that the packets show: it must be the same, and it decides.</summary>
    public void Settle(Reply onTheWire, long frame)
    {
        var judged = _judge!(onTheWire);
        var isTime = Result.Window is not null;
        var same = isTime || judged.Actual == Result.Actual;
        Result = Result with
        {
            Frame = frame,
            Wire = same ? WireConfirmation.Confirmed : WireConfirmation.Contradicted,
            OnTheWire = same ? null : judged.Actual,
            Outcome = same ? judged.Outcome : CheckOutcome.Broken,
            Actual = same ? judged.Actual : $"{Result.Actual}; the wire contradicts: {judged.Actual}",
        };
    }
}

/// <summary>What a value is worth.</summary>
internal sealed record Judgement(CheckOutcome Outcome, string Actual)
{
    /// <summary>How the text of a value begins to which no path led.</summary>
    public const string NotThere = "not there";

    public static Judgement Of<T>(Func<T> read, T expected, IReadOnlyList<T> tolerated)
    {
        T actual;
        try
        {
            actual = read();
        }
        catch (Exception missing) when (missing is NullReferenceException or ArgumentOutOfRangeException
            or IndexOutOfRangeException or InvalidOperationException or KeyNotFoundException)
        {
            return new Judgement(CheckOutcome.Broken, $"{NotThere} ({missing.Message})");
        }

        var text = Render.Value(actual);
        return new Judgement(
            Same.Values(actual, expected) ? CheckOutcome.Held
                : tolerated.Any(one => Same.Values(actual, one)) ? CheckOutcome.Tolerated
                : CheckOutcome.Broken,
            text);
    }

    public static Judgement Within(TimeSpan? time, Window expected, Window? tolerated) =>
        time is not { } known
            ? new Judgement(CheckOutcome.CannotTell, "not known before the packets are read")
            : new Judgement(
                expected.Contains(known) ? CheckOutcome.Held
                    : tolerated?.Contains(known) == true ? CheckOutcome.Tolerated
                    : CheckOutcome.Broken,
                Render.Value(known));

    public static Judgement Holds(Func<bool> read, Reply seen)
    {
        var judged = Of(read, true, []);
        return judged with { Actual = judged.Outcome == CheckOutcome.Held ? "so" : Render.Value(seen) };
    }
}
