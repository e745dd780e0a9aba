namespace Torture.Protocol.Rpc;

/// <summary>Why nobody waits for a call any more.</summary>
public enum AbortReason
{
    None,

    /// <summary>A co_cancel PDU came: the client still waits for an answer ([C706] 12.6.4.5).</summary>
    Cancelled,

    /// <summary>An orphaned PDU came: no answer is sent ([C706] 12.6.4.10).</summary>
    Orphaned,

    /// <summary>The connection ended.</summary>
    ConnectionLost,
}
