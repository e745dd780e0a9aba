using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Torture.Harness.Histories;
using Torture.Harness.Witness;
using Torture.Protocol.Ndr;

namespace Torture.Harness.Checking;

/// <summary>
/// The verbs that decide a requirement. Each records what it found, the case goes on, and all that is wrong is told at
/// its end. A check of a reply is confirmed by the packets of its call before the case has a verdict.
/// </summary>
public sealed class Checks
{
    private readonly CheckLog _log;

    internal Checks(CheckLog log) => _log = log;

    /// <summary>How a call ended.</summary>
    /// <param name="tolerated">Outcomes of known products that do not fail the case.</param>
    public void That<TReply>(
        string requirement, TReply reply, Expression<Func<TReply, Outcome>> what, Outcome expected,
        params Outcome[] tolerated)
        where TReply : Reply =>
        _log.Compare(requirement, reply, what, expected, tolerated);

    /// <summary>Anything that a call brought: a value, a record, a list of either.</summary>
    public void That<TReply, T>(
        string requirement, TReply reply, Expression<Func<TReply, T>> what, T expected, params T[] tolerated)
        where TReply : Reply =>
        _log.Compare(requirement, reply, what, expected, tolerated);

    /// <summary>A list that a call brought, element by element.</summary>
    public void That<TReply, T>(
        string requirement, TReply reply, Expression<Func<TReply, IReadOnlyList<T>>> what,
        IReadOnlyList<T> expected, params IReadOnlyList<T>[] tolerated)
        where TReply : Reply =>
        _log.Compare(requirement, reply, what, expected, tolerated);

    /// <summary>A span of time on the wire: decided at settlement, from frames.</summary>
    public void That<TReply>(
        string requirement, TReply reply, Expression<Func<TReply, TimeSpan?>> what, Window expected,
        Window? tolerated = null)
        where TReply : Reply =>
        _log.Within(requirement, reply, what, expected, tolerated);

    /// <summary>Something that is true of a reply.</summary>
    /// <param name="expected">What that means, for people.</param>
    public void Holds<TReply>(
        string requirement, TReply reply, Expression<Func<TReply, bool>> what, string expected)
        where TReply : Reply =>
        _log.Holds(requirement, reply, what, expected);

    /// <summary>A value that no packet belongs to: recorded only.</summary>
    public void That<T>(
        string requirement, T actual, T expected, T[]? tolerated = null,
        [CallerArgumentExpression(nameof(actual))] string subject = "") =>
        _log.Compare(requirement, actual, expected, tolerated ?? [], subject);

    /// <summary>Something that is true and that no packet belongs to: recorded only.</summary>
    public void Holds(
        string requirement, bool holds, string expected, string actual,
        [CallerArgumentExpression(nameof(holds))] string subject = "") =>
        _log.Record(requirement, holds, subject, expected, actual);

    /// <summary>The action throws this and nothing else: recorded only.</summary>
    public void Throws<TException>(
        string requirement, Action action, [CallerArgumentExpression(nameof(action))] string subject = "")
        where TException : Exception =>
        _log.Throws<TException>(requirement, action, subject);

    /// <summary>
    /// Four checks of a codec: decoding gives the value, every byte is consumed, encoding gives the bytes, every proper
    /// prefix is refused with <see cref="NdrException"/> and nothing else.
    /// </summary>
    public void RoundTrips<T>(
        string requirement, ReadOnlyMemory<byte> bytes, T value, NdrCodec<T> codec, NdrSyntax? syntax = null)
        where T : notnull
    {
        foreach (var check in RoundTrip.Examine(codec, value, bytes, syntax ?? NdrSyntax.Ndr20))
        {
            _log.Record(requirement, check.Holds, check.What, check.Expected, check.Actual);
        }
    }

    /// <summary>The same for a record of the witness protocol.</summary>
    public void RoundTrips<T>(string requirement, ReadOnlyMemory<byte> bytes, T value, NdrSyntax? syntax = null)
        where T : notnull =>
        RoundTrips(requirement, bytes, value, NdrCodec.Of<T>(), syntax);

    /// <summary>Runs checkers over what the case has seen so far, the wire included.</summary>
    public Task HistoryAsync(params IChecker[] checkers) => _log.RunAsync(checkers);
}
