namespace Torture.Cli;

/// <summary>Exit codes of the command; where several apply, 64, 3, 4, 1, 2, 5 in this order.</summary>
internal static class ExitCode
{
    public const int Conforms = 0;
    public const int ProductFailure = 1;
    public const int Incomplete = 2;
    public const int Unusable = 3;
    public const int NoCaseMatched = 4;
    public const int StaleExpectation = 5;
    public const int Usage = 64;
}
