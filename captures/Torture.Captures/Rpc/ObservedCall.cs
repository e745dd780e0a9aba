using System.Collections.Immutable;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;

namespace Torture.Captures;

/// <summary>One remote procedure call as the wire shows it. Answered later, it is another record.</summary>
public sealed record ObservedCall
{
    /// <summary>Place in the trace, from 0, in order of the first request fragment.</summary>
    public required int Index { get; init; }

    public required FlowId Flow { get; init; }

    public required uint CallId { get; init; }

    /// <summary>Null where the bind was not captured.</summary>
    public SyntaxId? Interface { get; init; }

    public required ushort Opnum { get; init; }

    public NdrSyntax Syntax { get; init; }

    public AuthenticationLevel Level { get; init; } = AuthenticationLevel.None;

    /// <summary>Last byte of the request; of its first fragment while others are missing.</summary>
    public required FrameStamp RequestAt { get; init; }

    /// <summary>Last byte of the response or fault; null without one.</summary>
    public FrameStamp? ResponseAt { get; init; }

    /// <summary>co_cancel for this call.</summary>
    public FrameStamp? CancelledAt { get; init; }

    /// <summary>orphaned for this call.</summary>
    public FrameStamp? OrphanedAt { get; init; }

    /// <summary>The connection ended and there was no answer.</summary>
    public FrameStamp? AbandonedAt { get; init; }

    /// <summary>The decoded request: a record of the witness, endpoint mapper or management messages.</summary>
    public object? Request { get; init; }

    /// <summary>The decoded response; null for a fault, an unknown operation or an unreadable stub.</summary>
    public object? Response { get; init; }

    public RpcFault? Fault { get; init; }

    /// <summary>The fault says that the call was certainly not executed.</summary>
    public bool DidNotExecute { get; init; }

    /// <summary>Why request or response is not there although it was captured.</summary>
    public string? Unreadable { get; init; }

    /// <summary>What is wrong with protection of its fragments.</summary>
    public ImmutableArray<string> Defects { get; init; } = [];

    public ReadOnlyMemory<byte> RequestStub { get; init; }

    public ReadOnlyMemory<byte> ResponseStub { get; init; }

    public long RequestFrame => RequestAt.Frame;

    public long RequestTime => RequestAt.TimeNanoseconds;

    public long? ResponseFrame => ResponseAt?.Frame;

    public long? ResponseTime => ResponseAt?.TimeNanoseconds;

    /// <summary>From the last byte of the request to the last byte of the answer.</summary>
    public TimeSpan? TimeOnWire => ResponseAt - RequestAt;

    public bool IsWitness => Interface?.Uuid == SyntaxId.Witness.Uuid;
}

/// <summary>A bind or alter_context and what became of it.</summary>
/// <param name="Contexts">What was offered.</param>
/// <param name="Results">What was answered; empty without an answer or for a bind_nak.</param>
/// <param name="Reject">The reason of a bind_nak.</param>
/// <param name="Fault">An alter_context was answered by a fault.</param>
public sealed record ObservedBind(
    FlowId Flow,
    bool IsAlter,
    FrameStamp RequestAt,
    FrameStamp? ResponseAt,
    ImmutableArray<PresentationContext> Contexts,
    ImmutableArray<PresentationContextResult> Results,
    AuthenticationType? Type,
    AuthenticationLevel? Level,
    BindRejectReason? Reject,
    RpcFault? Fault);
