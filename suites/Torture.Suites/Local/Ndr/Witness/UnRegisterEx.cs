using Torture.Protocol.Ndr;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>WitnessrUnRegisterEx, opnum 5: nobody else has bytes of it, so these are worked out by hand.</summary>
public sealed class UnRegisterEx : Suite
{
    private const string LittleEndian = "01000000 3386b83a 571e1a4c 856cd1bc4b15bbb1";
    private const string BigEndian = "00000001 3ab88633 1e574c1a 856cd1bc4b15bbb1";

    private static readonly ContextHandle Handle = new(1, Guid.Parse("3ab88633-1e57-4c1a-856c-d1bc4b15bbb1"));

    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.ContextHandleReference)]
    public void Request(NdrSyntax syntax) => Check.RoundTrips(
        Swn.ContextHandleReference, Hex.Bytes(syntax.IsBigEndian ? BigEndian : LittleEndian),
        new HandleRequest(Handle), syntax);

    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.ContextHandleReference)]
    public void Response(NdrSyntax syntax) => Check.RoundTrips(
        Swn.ContextHandleReference, new byte[24], new HandleResponse(ContextHandle.Null, ERROR_SUCCESS), syntax);

    [TestCaseSource(typeof(Syntaxes), nameof(Syntaxes.All)), Verifies(Swn.ContextHandleReference)]
    public void RefusedKeepsItsHandle(NdrSyntax syntax) => Check.RoundTrips(
        Swn.ContextHandleReference,
        Hex.Bytes(syntax.IsBigEndian ? BigEndian + "00000057" : LittleEndian + "57000000"),
        new HandleResponse(Handle, ERROR_INVALID_PARAMETER), syntax);
}
