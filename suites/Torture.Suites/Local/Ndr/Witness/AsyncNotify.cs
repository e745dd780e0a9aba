using Torture.Fixtures;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>WitnessrAsyncNotify, opnum 3. A notification keeps its bytes, what others left in them included.</summary>
public sealed class AsyncNotify : Suite
{
    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.AsyncNotifyRequests)), Verifies(Swn.SharedContextHandle)]
    public void Request(Vector vector) => Check.RoundTrips(
        Swn.SharedContextHandle, vector.Bytes, (HandleRequest)VectorValue.Of(vector), VectorValue.SyntaxOf(vector));

    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.AsyncNotifyResponses)), Verifies(Swn.NotificationLayout)]
    public void Response(Vector vector) => Check.RoundTrips(
        Swn.NotificationLayout, vector.Bytes, (AsyncNotifyResult)VectorValue.Of(vector), VectorValue.SyntaxOf(vector));
}
