using Torture.Protocol.Rpc;

namespace Torture.Captures.Rpc;

/// <summary>A call whose fragments are still coming, or still sealed.</summary>
internal sealed class OpenCall(int index, ObservedPdu first)
{
    /// <summary>Windows' own limit of a reassembled stub; what goes beyond is not kept.</summary>
    private const int MaximumStub = 8 << 20;

    private readonly List<ObservedPdu> _request = [];
    private readonly List<ObservedPdu> _response = [];
    private int _size;

    public int Index { get; } = index;

    public ObservedPdu First { get; } = first;

    public required PresentationBinding? Binding { get; init; }

    public FrameStamp? CancelledAt { get; set; }

    public FrameStamp? OrphanedAt { get; set; }

    public FrameStamp? AbandonedAt { get; set; }

    /// <summary>What is wrong with the decoded request.</summary>
    public string? RequestProblem { get; set; }

    public bool IsRequestWhole { get; private set; }

    /// <summary>Last byte of the last fragment of the answer.</summary>
    public FrameStamp? AnsweredAt { get; private set; }

    /// <summary>What the trace tells of it by now.</summary>
    public ObservedCall? Observed { get; set; }

    public ObservedPdu? Fault { get; private set; }

    public string? Refused { get; private set; }

    public IReadOnlyList<ObservedPdu> RequestFragments => _request;

    public IReadOnlyList<ObservedPdu> ResponseFragments => _response;

    public void Add(ObservedPdu pdu)
    {
        _size += pdu.Bytes.Length;
        if (_size > MaximumStub)
        {
            Refused ??= $"the stub is longer than {MaximumStub} bytes";
        }
        else
        {
            (pdu.FromClient ? _request : _response).Add(pdu);
        }

        IsRequestWhole |= pdu.FromClient && pdu.IsLast;
        AnsweredAt ??= !pdu.FromClient && (pdu.IsLast || pdu.Type == PduType.Fault) ? pdu.Last : null;
        Fault = pdu.Type == PduType.Fault ? pdu : Fault;
    }
}

/// <summary>What a presentation context id stands for on a connection.</summary>
internal sealed record PresentationBinding(SyntaxId Interface, SyntaxId TransferSyntax);
