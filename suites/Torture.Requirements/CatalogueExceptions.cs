using System.Collections.Frozen;

namespace Torture.Requirements;

/// <summary>Server sentences that no case checks, each with the reason.</summary>
public static class CatalogueExceptions
{
    private const string InternalState = "Internal state: what follows from it on the wire has sentences of its own.";

    private const string Codec =
        "Of codecs, which self-tests hold ours to; what a server refuses and sends has sentences of its own.";

    private static readonly FrozenDictionary<string, string> Reasons = new Dictionary<string, string>
    {
        [Swn.TwoVersionsExist] = "About the editions of the document; RegisterRevisionMismatch checks its effect.",
        [Swn.MethodsOfEachVersion] = "A table of contents; each method and each kind has a sentence of its own.",
        [Swn.ServerState] = InternalState,
        [Swn.InterfaceRecord] = InternalState,
        [Swn.InterfaceRecordState] = InternalState,
        [Swn.RegistrationRecord] = InternalState,
        [Swn.RegistrationRecordVersion2] = InternalState,
        [Swn.LastUseTime] = InternalState,
        [Swn.Initialisation] = "Seen only by restarting the server before its first client, as the failover cases do.",
        [Swn.OnlineAndOfflineAreVersion2] = "Binds servers of version 1 only; a version 2 server may use the flags.",
        [Swn.UnRegisterExOutOfRange] = "Shown only by servers without the method; OpnumOutOfRange checks the fault.",
        [Swn.UnRegisterExUncovered] = "A statement about other suites.",
        [Swn.RegistrationLimit] = "No limit is specified, so none can be reached on purpose.",
        [Swn.NonOwnerStopIsSilent] = "An observation of one product; its event needs that product's cluster.",
        [Swn.ShareMoveAtOnce] = "An observation of one product with asymmetric shares.",
        [Swn.NoInterfaces] = "Of a cluster without any public address, which has nothing that could fail over.",
        [Swn.RegisterExShareIgnored] = "Of a cluster without any scale-out share; other sentences need one.",
        [Swn.InterfaceEventCreatesInterface] =
            "Of an interface that the cluster gets while it runs: nothing takes it out of the list again.",
        [Ctdb.NoAcknowledgedOperationLost] = "The operations are ECHOs: they leave nothing behind that could be lost.",
        [Ctdb.LockLossStopsServing] =
            "When a node stops leading is known to itself alone; that nobody serves beside the next is CTDB-001.",
        [House.BoundedMemory] = "Memory shows in no packet; that too much is refused has sentences of its own.",
        [House.BoundedTime] =
            "The work of a server cannot be told from that of its machine; CTDB-016 and HOUSE-003 bound it.",
        [House.DecoderConsumesExactly] = Codec,
        [House.DecoderRefusesTruncation] = Codec,
        [House.DecoderBoundsAllocation] = Codec,
        [House.EncoderRoundTrips] = Codec,
        [House.UnknownValuesReported] = Codec,
        [House.HalfOpenConnectionEnds] = "No time is specified, and no case can wait for ever.",
    }.ToFrozenDictionary();

    /// <summary>Ids that are excepted, in catalogue order.</summary>
    public static IEnumerable<string> All => Reasons.Keys.Order(StringComparer.Ordinal);

    /// <returns>The reason, or null when the sentence is to be covered.</returns>
    public static string? ReasonFor(string id) => Reasons.GetValueOrDefault(id);
}
