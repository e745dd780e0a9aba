using System.Net;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.ReferenceServer.Witness;

/// <summary>WitnessRegistration ([MS-SWN] 3.1.1.3). Read and written under the lock of its service.</summary>
public sealed class WitnessRegistration
{
    /// <summary>What the context handle carries.</summary>
    public required Guid RegistrationKey { get; init; }

    public required string WitnessClientName { get; init; }

    public required string NetworkName { get; init; }

    /// <summary>As the client spelled it.</summary>
    public required string IPAddress { get; init; }

    /// <summary>The address meant by <see cref="IPAddress"/>; null where that is no literal.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The version of the request: one made by WitnessrRegister is and stays a version 1 client.</summary>
    public required uint WitnessClientVersion { get; init; }

    /// <summary>Empty where the client named none.</summary>
    public string ShareName { get; init; } = "";

    public bool ShareNameNotificationRequired { get; init; }

    public bool IPNotificationRequired { get; init; }

    /// <summary>Infinite for a version 1 client (A5).</summary>
    public TimeSpan KeepAliveTime { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Time stamp of the registration, the last AsyncNotify or its answer, whichever is latest.</summary>
    public long LastUseTime { get; set; }

    /// <summary>Whether an AsyncNotify is pending.</summary>
    public bool IsAsyncNotifyRegistered { get; set; }

    /// <summary>ChangeNotifications ([MS-SWN] 3.1.1.4), the oldest first.</summary>
    public Queue<ChangeNotification> PendingChangeNotifications { get; } = new(0);

    /// <summary>The latest only ([MS-SWN] 3.1.1.5).</summary>
    public MoveNotification? PendingMoveNotification { get; set; }

    /// <summary>The latest only ([MS-SWN] 3.1.1.6).</summary>
    public MoveNotification? PendingShareMoveNotification { get; set; }

    /// <summary>The latest only ([MS-SWN] 3.1.1.7).</summary>
    public MoveNotification? PendingIPNotification { get; set; }

    /// <summary>Answers that an operator forces upon the client, before any notification.</summary>
    public Queue<AsyncNotifyResult> ForcedResponses { get; } = new(0);

    /// <summary>The AsyncNotify calls that wait, first come first (A16).</summary>
    public LinkedList<PendingNotify> PendingCalls { get; } = new();

    /// <summary>The user who made it, on which connection: nobody else knows its handle.</summary>
    public required RpcCaller Caller { get; init; }

    public required AssociationGroup Association { get; init; }

    public ContextHandle Handle => new(0, RegistrationKey);
}

/// <summary>ChangeNotification ([MS-SWN] 3.1.1.4).</summary>
public sealed record ChangeNotification(string ResourceName, InterfaceState NewState);

/// <summary>MoveNotification, ShareMoveNotification and IPNotification ([MS-SWN] 3.1.1.5 to 3.1.1.7).</summary>
/// <param name="Destination">A group name, an address or a host name.</param>
/// <param name="Known">What it meant when the event came, for the case that it means nothing any more.</param>
/// <param name="Online">What became of the addresses, where the event says so; null: what their interfaces say.</param>
public sealed record MoveNotification(string Destination, IReadOnlyList<AddressInfo> Known, bool? Online = null);

/// <summary>An AsyncNotify that waits. It costs its memory and nothing else.</summary>
public sealed class PendingNotify(WitnessRegistration registration, long since)
    : TaskCompletionSource<AsyncNotifyResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public WitnessRegistration Registration => registration;

    /// <summary>Time stamp of the request.</summary>
    public long Since => since;
}

/// <summary>A GetInterfaceList that waits for an interface to become AVAILABLE.</summary>
public sealed class PendingList() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
