namespace Torture.Protocol.Rpc;

/// <summary>Where the parts of one request or response fragment are, without a copy of them.</summary>
public readonly record struct FragmentLayout
{
    private const int FixedPart = 24;
    private const int ObjectSize = 16;

    public PduHeader Header { get; private init; }

    public uint AllocationHint { get; private init; }

    public ushort ContextId { get; private init; }

    /// <summary>Of a request; in a response these bytes are the cancel count.</summary>
    public ushort Opnum { get; private init; }

    public Guid? Object { get; private init; }

    /// <summary>First byte of the stub.</summary>
    public int StubStart { get; private init; }

    /// <summary>End of the stub: without padding. Padding ends at <see cref="PduHeader.BodyEnd"/>.</summary>
    public int StubEnd { get; private init; }

    /// <summary>Meaningful where auth_length is not 0.</summary>
    public AuthenticationType SecurityType { get; private init; }

    public AuthenticationLevel SecurityLevel { get; private init; }

    public uint SecurityContextId { get; private init; }

    public bool HasTrailer => Header.AuthenticationLength != 0;

    /// <summary>Stub and padding: what is signed and sealed.</summary>
    public Range Body => StubStart..Header.BodyEnd;

    /// <exception cref="ProtocolException">The bytes are no such fragment.</exception>
    public static FragmentLayout Read(ReadOnlySpan<byte> pdu, PduHeader header)
    {
        // [C706] 12.6.4.9, 12.6.4.10, [MS-RPCE] 2.2.2.11
        var big = header.Representation.IsBigEndian;
        var hasObject = header.Type == PduType.Request && (header.Flags & PduFlags.ObjectUuid) != 0;
        var stub = FixedPart + (hasObject ? ObjectSize : 0);
        var padding = header.AuthenticationLength == 0 ? 0 : pdu[header.TrailerOffset + 2];
        if (header.BodyEnd - padding < stub)
        {
            throw new ProtocolException(
                $"body of {header.BodyEnd} bytes with {padding} of padding is too short", "[C706] 12.6.4", stub);
        }

        var layout = new FragmentLayout
        {
            Header = header,
            AllocationHint = PduHeader.Read32(pdu[16..], big),
            ContextId = PduHeader.Read16(pdu[20..], big),
            Opnum = PduHeader.Read16(pdu[22..], big),
            Object = hasObject ? new Guid(pdu.Slice(FixedPart, ObjectSize), big) : null,
            StubStart = stub,
            StubEnd = header.BodyEnd - padding,
        };
        return header.AuthenticationLength == 0 ? layout : layout.WithTrailer(pdu[header.TrailerOffset..], big);
    }

    private FragmentLayout WithTrailer(ReadOnlySpan<byte> trailer, bool big) => this with
    {
        SecurityType = (AuthenticationType)trailer[0],
        SecurityLevel = (AuthenticationLevel)trailer[1],
        SecurityContextId = PduHeader.Read32(trailer[4..], big),
    };
}
