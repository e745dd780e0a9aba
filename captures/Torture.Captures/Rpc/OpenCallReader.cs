using System.Collections.Immutable;
using Torture.Captures.Trace;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;

namespace Torture.Captures.Rpc;

/// <summary>Makes of a call's fragments what the trace tells of it.</summary>
internal static class OpenCallReader
{
    public static ObservedCall Read(OpenCall call)
    {
        var last = call.RequestFragments.Count > 0 ? call.RequestFragments[^1] : call.First;
        var observed = new ObservedCall
        {
            Index = call.Index,
            Flow = call.First.Flow,
            CallId = call.First.Header.CallId,
            Interface = call.Binding?.Interface,
            Opnum = call.First.Opnum ?? 0,
            Syntax = Syntax(call, call.First),
            Level = call.First.AuthenticationLevel ?? AuthenticationLevel.None,
            RequestAt = last.Last,
            ResponseAt = call.AnsweredAt,
            CancelledAt = call.CancelledAt,
            OrphanedAt = call.OrphanedAt,
            AbandonedAt = call.AbandonedAt,
            Unreadable = call.Refused ?? (call.Binding is null ? "its bind was not captured" : null),
            Defects = Defects(call),
        };
        observed = call.IsRequestWhole ? WithRequest(observed, call) : observed;
        return call.Fault is { } fault ? WithFault(observed, fault)
            : call.AnsweredAt is not null ? WithResponse(observed, call)
            : observed;
    }

    // [C706] 12.6.4.7
    public static RpcFault FaultStatus(ObservedPdu pdu) =>
        (RpcFault)RpcBytes.U32(pdu.Bytes.Span[24..], pdu.Header.Representation.IsBigEndian);

    private static ObservedCall WithRequest(ObservedCall observed, OpenCall call)
    {
        if (call.Observed is { Request: { } request } before)
        {
            return observed with
            {
                Request = request,
                RequestStub = before.RequestStub,
                Unreadable = observed.Unreadable ?? call.RequestProblem,
            };
        }

        var (stub, unreadable) = Join(call.RequestFragments);
        if (unreadable is not null)
        {
            return observed with { Unreadable = observed.Unreadable ?? unreadable };
        }

        var decoded = CallDecoder.Request(observed.Interface, observed.Opnum, stub.Span, observed.Syntax);
        call.RequestProblem = decoded.Problem;
        return observed with
        {
            RequestStub = stub,
            Request = decoded.Message,
            Unreadable = observed.Unreadable ?? decoded.Problem,
        };
    }

    private static ObservedCall WithResponse(ObservedCall observed, OpenCall call)
    {
        var (stub, unreadable) = Join(call.ResponseFragments);
        if (unreadable is not null)
        {
            return observed with { Unreadable = observed.Unreadable ?? unreadable };
        }

        var syntax = Syntax(call, call.ResponseFragments[0]);
        var decoded = CallDecoder.Response(observed.Interface, observed.Opnum, stub.Span, syntax);
        return observed with
        {
            ResponseStub = stub,
            Response = decoded.Message,
            Unreadable = observed.Unreadable ?? decoded.Problem,
        };
    }

    private static ObservedCall WithFault(ObservedCall observed, ObservedPdu fault) => fault.Bytes.Length >= 28
        ? observed with
        {
            Fault = FaultStatus(fault),
            DidNotExecute = fault.Header.Flags.HasFlag(PduFlags.DidNotExecute),
        }
        : observed with { Unreadable = "a fault without status" };

    private static (ReadOnlyMemory<byte> Stub, string? Unreadable) Join(IReadOnlyList<ObservedPdu> fragments)
    {
        if (fragments.Count == 0)
        {
            return (default, "too long");
        }

        if (fragments.FirstOrDefault(f => f.Stub is null) is { } closed)
        {
            return (default, closed.Unreadable ?? "sealed");
        }

        if (fragments.Count == 1)
        {
            return (fragments[0].Stub!.Value, null);
        }

        var whole = new byte[fragments.Sum(f => f.Stub!.Value.Length)];
        var at = 0;
        foreach (var fragment in fragments)
        {
            fragment.Stub!.Value.CopyTo(whole.AsMemory(at));
            at += fragment.Stub.Value.Length;
        }

        return (whole, null);
    }

    private static NdrSyntax Syntax(OpenCall call, ObservedPdu pdu) => new(
        call.Binding?.TransferSyntax.Uuid == SyntaxId.Ndr64.Uuid, pdu.Header.Representation.IsBigEndian);

    private static ImmutableArray<string> Defects(OpenCall call) =>
    [
        .. call.RequestFragments.Concat(call.ResponseFragments)
            .Where(p => p.Defect is not null)
            .Select(p => $"frame {p.Last.Frame}: {p.Defect}"),
    ];
}
