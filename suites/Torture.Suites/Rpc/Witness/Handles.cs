namespace Torture.Suites.Rpc.Witness;

/// <summary>Handles that no server gave out.</summary>
internal static class Handles
{
    private static readonly Guid MadeUp = new("deadbeef-0bad-4bad-8bad-0123456789ab");

    /// <summary>Kinds of <see cref="Wrong"/>.</summary>
    public static IEnumerable<TestCaseData> Kinds =>
        new[] { "MadeUp", "AllOnes", "OneBitChanged", "OtherAttributes", "Null" }
            .Select(kind => new TestCaseData(kind).SetName($"{{m}}_{kind}"));

    public static ContextHandle Wrong(string kind, ContextHandle right) => kind switch
    {
        "MadeUp" => new ContextHandle(right.Attributes, MadeUp),
        "AllOnes" => new ContextHandle(uint.MaxValue, Guid.AllBitsSet),
        "OneBitChanged" => right with { Uuid = WithOneBitChanged(right.Uuid) },
        "OtherAttributes" => right with { Attributes = right.Attributes ^ 0x80000000 },
        "Null" => ContextHandle.Null,
        _ => throw new ArgumentException($"no such kind of handle: {kind}", nameof(kind)),
    };

    private static Guid WithOneBitChanged(Guid uuid)
    {
        var bytes = uuid.ToByteArray();
        bytes[15] ^= 1;
        return new Guid(bytes);
    }
}
