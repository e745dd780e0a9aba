namespace Torture.Suites.Rpc;

/// <summary>
/// Whether a server answers a well-formed call after bad input. What the answer says is for the cases of that call.
/// </summary>
internal static class Alive
{
    public const string InWords = "an answer of the method";

    private static readonly ContextHandle NeverGiven = new(0, new Guid("a11e0000-0000-4000-8000-000000000001"));

    /// <summary>A call that needs nothing of the server but an answer: about a handle that it never gave.</summary>
    public static Task<UnRegisterReply> AskAsync(WitnessConnection witness) => witness.UnRegisterAsync(NeverGiven);

    public static bool Answers(Outcome outcome) =>
        outcome.Kind is OutcomeKind.Status or OutcomeKind.Fault or OutcomeKind.Unreadable;
}
