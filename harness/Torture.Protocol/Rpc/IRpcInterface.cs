namespace Torture.Protocol.Rpc;

/// <summary>An interface as a server offers it: operations in, answers out ([C706] 2.2).</summary>
public interface IRpcInterface
{
    SyntaxId Id { get; }

    /// <summary>Operations 0 to this less one exist; others are answered with <c>nca_op_rng_error</c>.</summary>
    int OperationCount { get; }

    /// <summary>Callers below are answered with fault 5; the connection lives.</summary>
    AuthenticationLevel MinimumLevel { get; }

    /// <summary>
    /// Answers one call: writes the response stub, or faults. May take as long as it likes; other calls go on.
    /// <see cref="RpcServerCall.Stub"/> is valid until the returned task ends.
    /// </summary>
    /// <exception cref="Ndr.NdrException">Answered with fault <c>RPC_X_BAD_STUB_DATA</c>.</exception>
    /// <exception cref="RpcFaultException">Answered with that fault.</exception>
    /// <exception cref="OperationCanceledException">After a cancel: <c>nca_s_fault_cancel</c>.</exception>
    ValueTask InvokeAsync(RpcServerCall call);
}
