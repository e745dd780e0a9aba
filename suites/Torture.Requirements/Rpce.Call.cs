namespace Torture.Requirements;

// Calls, faults, cancels.
public static partial class Rpce
{
    /// <summary>
    /// An operation number that the interface does not have faults with nca_op_rng_error, not executed.
    /// </summary>
    [Requirement("E", Level.Must)]
    public const string OpnumOutOfRange = "RPC-045";

    /// <summary>A stub that cannot be unmarshalled faults with RPC_X_BAD_STUB_DATA and the connection lives.</summary>
    [Requirement("3.1.3.5.2", Level.Must, Specification = "MS-RPCE")]
    public const string BadStubData = "RPC-046";

    /// <summary>A fault has the request's call_id, a status, and no stub.</summary>
    [Requirement("2.2.2.8", Level.Must, Specification = "MS-RPCE")]
    public const string FaultLayout = "RPC-047";

    /// <summary>A fault never carries 0 or one of the statuses that are forbidden there.</summary>
    [Requirement("3.3.3.5.1", Level.Must, Specification = "MS-RPCE")]
    public const string FaultStatusForbidden = "RPC-048";

    /// <summary>DID_NOT_EXECUTE is set only where the call was certainly not executed.</summary>
    [Requirement("12.6.4.7", Level.Must)]
    public const string DidNotExecute = "RPC-049";

    /// <summary>
    /// With multiplexing negotiated a call is served while others are pending, and answered by its call_id.
    /// </summary>
    [Requirement("3.3.1.5.8", Level.Must, Specification = "MS-RPCE")]
    public const string ConcurrentMultiplexing = "RPC-050";

    /// <summary>Without multiplexing a second request during a call is a protocol error.</summary>
    [Requirement("3.3.1.5.8", Level.Defines, Specification = "MS-RPCE")]
    public const string MultiplexingNotNegotiated = "RPC-051";

    /// <summary>The call ids of a connection grow.</summary>
    [Requirement("3.3.3.5.2", Level.Defines, Specification = "MS-RPCE")]
    public const string CallIdsGrow = "RPC-052";

    /// <summary>co_cancel has no reply of its own: the call ends with a response or a fault.</summary>
    [Requirement("12.6.4.6", Level.Must)]
    public const string CancelIsAdvisory = "RPC-053";

    /// <summary>co_cancel for a call that is unknown or already answered is ignored.</summary>
    [Requirement("12.6.4.6", Level.Defines)]
    public const string CancelUnknownIgnored = "RPC-054";

    /// <summary>A call that was cancelled faults with nca_s_fault_cancel.</summary>
    [Requirement("E", Level.Defines, Note = "Windows may answer 0x6BA.")]
    public const string CancelFault = "RPC-055";

    /// <summary>After orphaned the server drops the call, and the connection serves others.</summary>
    [Requirement("12.6.4.8", Level.Must)]
    public const string OrphanedDropsCall = "RPC-056";

    /// <summary>A first fragment with pending-cancel set faults with RPC_S_NO_CALL_ACTIVE.</summary>
    [Requirement("3.3.3.5", Level.Defines, Specification = "MS-RPCE")]
    public const string PendingCancelWithoutCall = "RPC-057";

    /// <summary>The loss of a connection ends all its calls at both ends.</summary>
    [Requirement("11.2", Level.Must)]
    public const string ConnectionLossEndsCalls = "RPC-058";

    /// <summary>A client matches replies to calls by call_id alone.</summary>
    [Requirement("12.6.3.5", Level.Must)]
    public const string ServerAnswersInAnyOrder = "RPC-059";

    /// <summary>A request that names an object is served as one without, where the interface has no objects.</summary>
    [Requirement("12.6.4.9", Level.Must)]
    public const string ObjectUuidTaken = "RPC-106";
}
