namespace Torture.Protocol.Rpc;

/// <summary>A UUID with a version: an interface or a transfer syntax ([C706] 12.6.3.1, p_syntax_id_t).</summary>
public readonly record struct SyntaxId(Guid Uuid, ushort Major, ushort Minor)
{
    public static readonly SyntaxId Ndr20 = new(new Guid("8a885d04-1ceb-11c9-9fe8-08002b104860"), 2, 0);
    public static readonly SyntaxId Ndr64 = new(new Guid("71710533-beba-4937-8319-b5dbef9ccc36"), 1, 0);
    public static readonly SyntaxId EndpointMapper = new(new Guid("e1af8308-5d1f-11c9-91a4-08002b14a0fa"), 3, 0);
    public static readonly SyntaxId Management = new(new Guid("afa8bd80-7d8a-11c9-bef4-08002b102989"), 1, 0);
    public static readonly SyntaxId Witness = new(new Guid("ccd8c074-d0e5-4a40-92b4-d074faa6ba28"), 1, 1);

    public override string ToString() => $"{Uuid} v{Major}.{Minor}";
}
