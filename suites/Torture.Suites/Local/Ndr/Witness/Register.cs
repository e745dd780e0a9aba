using Torture.Fixtures;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>WitnessrRegister, opnum 1.</summary>
public sealed class Register : Suite
{
    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.RegisterRequests)), Verifies(Swn.PointersAndStrings)]
    public void Request(Vector vector) => Check.RoundTrips(
        Swn.PointersAndStrings, vector.Bytes, (RegisterRequest)VectorValue.Of(vector), VectorValue.SyntaxOf(vector));

    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.RegisterResponses)), Verifies(Swn.ContextHandle)]
    public void Response(Vector vector) => Check.RoundTrips(
        Swn.ContextHandle, vector.Bytes, (HandleResponse)VectorValue.Of(vector), VectorValue.SyntaxOf(vector));
}
