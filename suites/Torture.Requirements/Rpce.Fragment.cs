namespace Torture.Requirements;

// Fragments and reassembly.
public static partial class Rpce
{
    /// <summary>A fragment of 1432 bytes can be received.</summary>
    [Requirement("12.6.3.1", Level.Must)]
    public const string MinimumFragmentReceivable = "RPC-033";

    /// <summary>
    /// The ack's fragment sizes are no greater than what the client announced, but never below the minimum.
    /// </summary>
    [Requirement("12.6.4.4", Level.Must)]
    public const string FragmentSizeNegotiated = "RPC-034";

    /// <summary>No fragment is longer than its receiver announced.</summary>
    [Requirement("12.6.4.4", Level.Must)]
    public const string FragmentSizeKept = "RPC-035";

    /// <summary>A fragment beyond the transport's limit is a protocol error and the connection ends.</summary>
    [Requirement("3.3.3.5.7", Level.Must, Specification = "MS-RPCE")]
    public const string FragmentTooLong = "RPC-036";

    /// <summary>The stub of every fragment but the last is a multiple of 8 bytes.</summary>
    [Requirement("12.6.3.1", Level.Must)]
    public const string StubMultipleOfEight = "RPC-037";

    /// <summary>The first fragment of a message has FIRST, the last has LAST, and no other has either.</summary>
    [Requirement("12.6.3.1", Level.Must)]
    public const string FirstAndLastFlags = "RPC-038";

    /// <summary>A message in fragments means what it means in one.</summary>
    [Requirement("12.6.2", Level.Must)]
    public const string FragmentsReassembled = "RPC-039";

    /// <summary>A fragment without a first one before it is a protocol error.</summary>
    [Requirement("3.3.3.5.6", Level.Must, Specification = "MS-RPCE")]
    public const string FirstFragmentMissing = "RPC-040";

    /// <summary>A new request within the fragments of another is a protocol error.</summary>
    [Requirement("3.3.1.5.8", Level.Must, Specification = "MS-RPCE")]
    public const string FragmentsDoNotInterleave = "RPC-041";

    /// <summary>A request of more than 4 MiB is refused with access denied and the connection ends.</summary>
    [Requirement("3.3.3.5.4", Level.Should, Specification = "MS-RPCE")]
    public const string RequestSizeLimited = "RPC-042";

    /// <summary>An absurd alloc_hint neither fails a single-fragment request nor makes anybody allocate it.</summary>
    [Requirement("2.2.2.6", Level.Must, Specification = "MS-RPCE")]
    public const string AllocHintIsAHint = "RPC-043";

    /// <summary>Context and opnum of a fragmented request are those of its first fragment.</summary>
    [Requirement("3.3.3.5", Level.Defines, Specification = "MS-RPCE")]
    public const string FirstFragmentDecides = "RPC-044";
}
