using Torture.Fixtures;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>WitnessrUnRegister, opnum 2.</summary>
public sealed class UnRegister : Suite
{
    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.UnRegisterRequests)), Verifies(Swn.ContextHandle)]
    public void Request(Vector vector) => Check.RoundTrips(
        Swn.ContextHandle, vector.Bytes, (HandleRequest)VectorValue.Of(vector), VectorValue.SyntaxOf(vector));

    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.UnRegisterResponses)), Verifies(Swn.StatusFromErref)]
    public void Response(Vector vector) => Check.RoundTrips(
        Swn.StatusFromErref, vector.Bytes, (StatusResponse)VectorValue.Of(vector), VectorValue.SyntaxOf(vector));
}
