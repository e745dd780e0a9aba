namespace Torture.Protocol;

/// <summary>The Win32 codes that the witness protocol returns, spelled as in [MS-ERREF] 2.2.</summary>
public enum Win32Error : uint
{
    ERROR_SUCCESS = 0x0,
    ERROR_ACCESS_DENIED = 0x5,
    ERROR_OUTOFMEMORY = 0xE,
    ERROR_INVALID_PARAMETER = 0x57,
    ERROR_NO_MORE_ITEMS = 0x103,
    ERROR_NOT_FOUND = 0x490,
    ERROR_NOT_AUTHENTICATED = 0x4DC,
    ERROR_REVISION_MISMATCH = 0x51A,
    ERROR_NO_SYSTEM_RESOURCES = 0x5AA,
    ERROR_TIMEOUT = 0x5B4,
    ERROR_INVALID_STATE = 0x139F,
}
