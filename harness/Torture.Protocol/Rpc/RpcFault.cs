namespace Torture.Protocol.Rpc;

/// <summary>Statuses of a fault PDU, spelled as in [C706] appendix E and [MS-RPCE] 3.3.3.5.</summary>
public enum RpcFault : uint
{
    RPC_S_ACCESS_DENIED = 0x5,
    RPC_S_SERVER_UNAVAILABLE = 0x6BA,
    RPC_S_NO_CALL_ACTIVE = 0x6BD,
    EPT_S_CANT_PERFORM_OP = 0x6D8,
    RPC_X_BAD_STUB_DATA = 0x6F7,
    RPC_S_SEC_PKG_ERROR = 0x721,
    nca_s_fault_invalid_tag = 0x1C000006,
    nca_s_fault_invalid_bound = 0x1C000007,
    nca_s_fault_cancel = 0x1C00000D,
    nca_s_fault_unspec = 0x1C000012,
    nca_s_fault_context_mismatch = 0x1C00001A,
    nca_s_fault_remote_no_memory = 0x1C00001B,
    nca_s_invalid_pres_context_id = 0x1C00001C,
    nca_op_rng_error = 0x1C010002,
    nca_unk_if = 0x1C010003,
    nca_proto_error = 0x1C01000B,
    nca_out_args_too_big = 0x1C010013,
    nca_server_too_busy = 0x1C010014,
}
