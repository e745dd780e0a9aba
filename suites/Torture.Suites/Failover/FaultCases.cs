namespace Torture.Suites.Failover;

/// <summary>A case for each way in which something can be lost or spoilt.</summary>
internal static class FaultCases
{
    /// <param name="name">Ends the name of the case: <c>kill</c>.</param>
    /// <param name="fault">What is done to a node.</param>
    public static TestCaseData Way(string name, Func<Node, Fault> fault) =>
        new TestCaseData(fault).SetName($"{{m}}_{name}");
}
