using Torture.Protocol;
using Torture.Protocol.Rpc;

namespace Torture.Harness.Witness;

public enum OutcomeKind
{
    /// <summary>A response came; its status field says this.</summary>
    Status,

    /// <summary>A fault PDU came.</summary>
    Fault,

    /// <summary>The connection ended before an answer came.</summary>
    ConnectionClosed,

    /// <summary>No answer until the deadline.</summary>
    NoAnswer,

    /// <summary>The bind was refused.</summary>
    RefusedAtBind,

    /// <summary>An answer came that cannot be decoded.</summary>
    Unreadable,
}

/// <summary>How a call ended: whatever happened is a value, never an exception.</summary>
/// <param name="Code">Win32 status, fault status or bind reason; 0 where the kind has none.</param>
public readonly record struct Outcome(OutcomeKind Kind, uint Code = 0)
{
    public static readonly Outcome Success = Win32Error.ERROR_SUCCESS;
    public static readonly Outcome ConnectionClosed = new(OutcomeKind.ConnectionClosed);
    public static readonly Outcome NoAnswer = new(OutcomeKind.NoAnswer);
    public static readonly Outcome RefusedAtBind = new(OutcomeKind.RefusedAtBind);
    public static readonly Outcome Unreadable = new(OutcomeKind.Unreadable);

    public static implicit operator Outcome(Win32Error status) => new(OutcomeKind.Status, (uint)status);

    public static implicit operator Outcome(RpcFault fault) => new(OutcomeKind.Fault, (uint)fault);

    /// <summary>The response says ERROR_SUCCESS.</summary>
    public bool IsSuccess => this == Success;

    public override string ToString() => Kind switch
    {
        OutcomeKind.Status => $"{Name((Win32Error)Code)} (0x{Code:X})",
        OutcomeKind.Fault => $"fault {Name((RpcFault)Code)} (0x{Code:X})",
        OutcomeKind.ConnectionClosed => "connection closed",
        OutcomeKind.NoAnswer => "no answer",
        OutcomeKind.RefusedAtBind => "refused at bind",
        _ => "unreadable answer",
    };

    private static string Name<T>(T value) where T : struct, Enum =>
        Enum.IsDefined(value) ? value.ToString() : "status";
}
