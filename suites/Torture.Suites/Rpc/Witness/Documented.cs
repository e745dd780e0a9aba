namespace Torture.Suites.Rpc.Witness;

/// <summary>What the tables of return codes list for the register calls ([MS-SWN] 3.1.4.2 and 3.1.4.5).</summary>
internal static class Documented
{
    public const string InWords = "one of the codes that the method's table lists";

    public static readonly Outcome[] Statuses =
    [
        ERROR_SUCCESS, ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER, ERROR_REVISION_MISMATCH,
        ERROR_NO_SYSTEM_RESOURCES, ERROR_INVALID_STATE,
    ];
}
