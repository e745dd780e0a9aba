using Torture.Fixtures;
using Torture.Protocol.Ndr;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>WitnessrGetInterfaceList, opnum 0.</summary>
public sealed class GetInterfaceList : Suite
{
    /// <summary>No parameters: what a live client sends is a verification trailer.</summary>
    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.GetInterfaceListRequests))]
    [Verifies(Swn.GetInterfaceListMethod)]
    public void Request(Vector vector) => Check.RoundTrips(
        Swn.GetInterfaceListMethod, vector.Bytes[..0], (GetInterfaceListRequest)VectorValue.Of(vector),
        VectorValue.SyntaxOf(vector));

    [TestCaseSource(typeof(VectorCases), nameof(VectorCases.GetInterfaceListResponses))]
    [Verifies(Swn.InterfaceListLayout, Swn.InterfaceInfoLayout)]
    public void Response(Vector vector)
    {
        var list = (GetInterfaceListResponse)VectorValue.Of(vector);

        Check.RoundTrips(Swn.InterfaceListLayout, vector.Bytes, list, VectorValue.SyntaxOf(vector));
        Check.That(
            Swn.InterfaceInfoLayout, vector.Bytes.Length,
            (vector.Syntax.Is64 ? 36 : 20) + 552 * list.Interfaces!.Value.Length);
    }

    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.InterfaceListLayout)]
    public void NullList(NdrSyntax syntax) => Check.RoundTrips(
        Swn.InterfaceListLayout, new byte[syntax.Is64 ? 12 : 8],
        new GetInterfaceListResponse(Interfaces: null, ERROR_SUCCESS), syntax);
}
