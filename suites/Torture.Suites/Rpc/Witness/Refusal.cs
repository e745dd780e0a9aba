namespace Torture.Suites.Rpc.Witness;

/// <summary>
/// The shapes that a refusal of a caller can have: products differ, and the specification leaves it open (A2). The
/// method's own errors about its parameters are none of them: whoever gets those was let in.
/// </summary>
internal static class Refusal
{
    public const string InWords =
        "a refusal: bind_nak, fault, ERROR_ACCESS_DENIED or ERROR_NOT_AUTHENTICATED, or the end of the connection";

    public static bool Is(Outcome outcome) =>
        outcome == ERROR_ACCESS_DENIED || outcome == ERROR_NOT_AUTHENTICATED
        || outcome.Kind is OutcomeKind.Fault or OutcomeKind.RefusedAtBind or OutcomeKind.ConnectionClosed;
}

/// <summary>The six operations, each with a request that has nothing wrong in it but its caller.</summary>
internal static class Operations
{
    public static readonly IReadOnlyList<WitnessOperation> All = Enum.GetValues<WitnessOperation>();

    public static string Short(this WitnessOperation operation) => operation.ToString()["Witnessr".Length..];

    /// <param name="handle">For the operations that take one.</param>
    public static async Task<Reply> CallAsync(
        this WitnessConnection witness, WitnessOperation operation, ContextHandle handle, ICluster cluster,
        CaseClient client) =>
        operation switch
        {
            WitnessOperation.WitnessrGetInterfaceList => await witness.GetInterfaceListAsync(),
            WitnessOperation.WitnessrRegister => await witness.RegisterAsync(Valid.Register(cluster, client)),
            WitnessOperation.WitnessrRegisterEx => await witness.RegisterExAsync(Valid.RegisterEx(cluster, client)),
            WitnessOperation.WitnessrUnRegister => await witness.UnRegisterAsync(handle),
            WitnessOperation.WitnessrUnRegisterEx => await witness.UnRegisterExAsync(handle),
            _ => await witness.AsyncNotifyAsync(handle),
        };
}
