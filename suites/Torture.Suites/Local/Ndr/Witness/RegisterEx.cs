using Torture.Fixtures;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>WitnessrRegisterEx, opnum 4.</summary>
public sealed class RegisterEx : Suite
{
    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.RegisterExRequests)), Verifies(Swn.PointersAndStrings)]
    public void Request(Vector vector) => Check.RoundTrips(
        Swn.PointersAndStrings, vector.Bytes, (RegisterExRequest)VectorValue.Of(vector), VectorValue.SyntaxOf(vector));

    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.RegisterExResponses)), Verifies(Swn.ContextHandle)]
    public void Response(Vector vector) => Check.RoundTrips(
        Swn.ContextHandle, vector.Bytes, (HandleResponse)VectorValue.Of(vector), VectorValue.SyntaxOf(vector));
}
