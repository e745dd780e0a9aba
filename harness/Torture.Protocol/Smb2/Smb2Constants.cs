namespace Torture.Protocol.Smb2;

/// <summary>Command of an SMB2 header ([MS-SMB2] 2.2.1.2).</summary>
public enum Smb2Command : ushort
{
    NEGOTIATE = 0x0,
    SESSION_SETUP = 0x1,
    LOGOFF = 0x2,
    TREE_CONNECT = 0x3,
    TREE_DISCONNECT = 0x4,
    CREATE = 0x5,
    CLOSE = 0x6,
    FLUSH = 0x7,
    READ = 0x8,
    WRITE = 0x9,
    LOCK = 0xA,
    IOCTL = 0xB,
    CANCEL = 0xC,
    ECHO = 0xD,
    QUERY_DIRECTORY = 0xE,
    CHANGE_NOTIFY = 0xF,
    QUERY_INFO = 0x10,
    SET_INFO = 0x11,
    OPLOCK_BREAK = 0x12,
}

/// <summary>Flags of an SMB2 header ([MS-SMB2] 2.2.1.2).</summary>
[Flags]
public enum Smb2HeaderFlags : uint
{
    None = 0,
    SMB2_FLAGS_SERVER_TO_REDIR = 0x1,
    SMB2_FLAGS_ASYNC_COMMAND = 0x2,
    SMB2_FLAGS_RELATED_OPERATIONS = 0x4,
    SMB2_FLAGS_SIGNED = 0x8,
    SMB2_FLAGS_DFS_OPERATIONS = 0x10000000,
    SMB2_FLAGS_REPLAY_OPERATION = 0x20000000,
}

/// <summary>DialectRevision ([MS-SMB2] 2.2.3).</summary>
public enum Smb2Dialect : ushort
{
    None = 0,
    Smb202 = 0x0202,
    Smb210 = 0x0210,
    Smb300 = 0x0300,
    Smb302 = 0x0302,
    Smb311 = 0x0311,
}

/// <summary>ContextType of a negotiate context ([MS-SMB2] 2.2.3.1).</summary>
public enum Smb2NegotiateContextType : ushort
{
    SMB2_PREAUTH_INTEGRITY_CAPABILITIES = 1,
    SMB2_ENCRYPTION_CAPABILITIES = 2,
    SMB2_COMPRESSION_CAPABILITIES = 3,
    SMB2_NETNAME_NEGOTIATE_CONTEXT_ID = 5,
    SMB2_TRANSPORT_CAPABILITIES = 6,
    SMB2_RDMA_TRANSFORM_CAPABILITIES = 7,
    SMB2_SIGNING_CAPABILITIES = 8,
}

/// <summary>The statuses that are used here, spelled as in [MS-ERREF] 2.3.</summary>
public enum NtStatus : uint
{
    STATUS_SUCCESS = 0,
    STATUS_PENDING = 0x00000103,
    STATUS_INVALID_PARAMETER = 0xC000000D,
    STATUS_NOT_SUPPORTED = 0xC00000BB,
    STATUS_USER_SESSION_DELETED = 0xC0000203,
    STATUS_SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP = 0xC05D0000,
}
