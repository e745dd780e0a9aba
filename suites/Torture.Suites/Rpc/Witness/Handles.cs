namespace Torture.Suites.Rpc.Witness;

/// <summary>Handles that no server gave out.</summary>
internal static class Handles
{
    private static readonly Guid MadeUp = new("deadbeef-0bad-4bad-8bad-0123456789ab");

    public static ContextHandle Wrong(string kind, ContextHandle right) => kind switch
    {
        "made up" => new ContextHandle(right.Attributes, MadeUp),
        "all ones" => new ContextHandle(uint.MaxValue, Guid.AllBitsSet),
        "one bit" => right with { Uuid = WithOneBitChanged(right.Uuid) },
        "attributes" => right with { Attributes = right.Attributes ^ 0x80000000, Uuid = MadeUp },
        _ => throw new ArgumentException($"no such kind of handle: {kind}", nameof(kind)),
    };

    private static Guid WithOneBitChanged(Guid uuid)
    {
        var bytes = uuid.ToByteArray();
        bytes[15] ^= 1;
        return new Guid(bytes);
    }
}
