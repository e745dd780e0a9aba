namespace Torture.Captures;

/// <summary>Commands that tell of failover ([MS-SMB2] 2.2.1.2); others are kept by number.</summary>
public enum SmbCommand : ushort
{
    NEGOTIATE = 0,
    SESSION_SETUP = 1,
    TREE_CONNECT = 3,
    CREATE = 5,
    ECHO = 13,
}

/// <summary>One SMB2 request and its final answer, by header alone.</summary>
/// <param name="Index">Place in the trace, from 0.</param>
/// <param name="RequestAt">Last byte of the header; null for an answer whose request was not captured.</param>
/// <param name="Status">NTSTATUS; null without an answer.</param>
/// <param name="ServerId">ServerGuid of a NEGOTIATE answer: which node speaks.</param>
public sealed record ObservedSmb(
    int Index,
    FlowId Flow,
    SmbCommand Command,
    ulong MessageId,
    FrameStamp? RequestAt,
    FrameStamp? ResponseAt,
    uint? Status,
    Guid? ServerId)
{
    public bool Succeeded => Status == 0;

    /// <summary>Done for a client, beyond what setting up a session takes.</summary>
    public bool IsServedOperation =>
        Succeeded && ResponseAt is not null && Command is not (SmbCommand.NEGOTIATE or SmbCommand.SESSION_SETUP);
}
