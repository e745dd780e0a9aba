namespace Torture.Suites.Rpc;

/// <summary>
/// Whether a server answers a well-formed call after bad input. What the answer says is for the cases of that call.
/// </summary>
internal static class Alive
{
    public const string InWords = "an answer of the method";

    public static bool Answers(Outcome outcome) => outcome.Kind is OutcomeKind.Status or OutcomeKind.Unreadable;
}
