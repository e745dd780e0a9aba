using Torture.Protocol.Rpc;

namespace Torture.Captures;

/// <summary>One DCE/RPC PDU of a capture, a fragment of a call or of a negotiation.</summary>
public sealed class ObservedPdu
{
    internal ObservedPdu(
        FlowId flow, bool fromClient, PduHeader header, ReadOnlyMemory<byte> bytes, FrameStamp first, FrameStamp last)
    {
        Flow = flow;
        FromClient = fromClient;
        Header = header;
        Bytes = bytes;
        First = first;
        Last = last;
        if (header.AuthenticationLength > 0)
        {
            var trailer = bytes.Span[header.TrailerOffset..];
            AuthenticationType = (AuthenticationType)trailer[0];
            AuthenticationLevel = (AuthenticationLevel)trailer[1];
            PadLength = trailer[2];
            AuthenticationContext = RpcBytes.U32(trailer[4..], header.Representation.IsBigEndian);
        }
    }

    public FlowId Flow { get; }

    public bool FromClient { get; }

    public PduHeader Header { get; }

    public PduType Type => Header.Type;

    /// <summary>As on the wire, encrypted where it was.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Where its first byte was.</summary>
    public FrameStamp First { get; }

    /// <summary>Where its last byte was: when the receiver could act on it.</summary>
    public FrameStamp Last { get; }

    /// <summary>Null without security trailer.</summary>
    public AuthenticationType? AuthenticationType { get; }

    public AuthenticationLevel? AuthenticationLevel { get; }

    public uint? AuthenticationContext { get; }

    /// <summary>Of a request, and of its answer.</summary>
    public ushort? Opnum { get; internal set; }

    /// <summary>
    /// The plain stub of this fragment of a request or response, without padding; null where it cannot be read.
    /// </summary>
    public ReadOnlyMemory<byte>? Stub { get; internal set; }

    /// <summary>Why there is no stub, or why the PDU could not be parsed.</summary>
    public string? Unreadable { get; internal set; }

    /// <summary>What is wrong with its protection although its stub can be read.</summary>
    public string? Defect { get; internal set; }

    internal int PadLength { get; }

    internal bool IsFirst => Header.Flags.HasFlag(PduFlags.FirstFragment);

    internal bool IsLast => Header.Flags.HasFlag(PduFlags.LastFragment);

    internal ReadOnlyMemory<byte> Token => Bytes[(Bytes.Length - Header.AuthenticationLength)..];

    /// <summary>Stub and padding; empty where the PDU is too short for one.</summary>
    internal Range Body
    {
        get
        {
            var start = Type == PduType.Request && Header.Flags.HasFlag(PduFlags.ObjectUuid) ? 40 : 24;
            var end = Header.BodyEnd;
            return Math.Min(start, end)..end;
        }
    }
}
