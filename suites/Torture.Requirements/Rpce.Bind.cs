namespace Torture.Requirements;

// Bind, alter_context and presentation contexts.
public static partial class Rpce
{
    /// <summary>A bind with an acceptable context is answered by bind_ack.</summary>
    [Requirement("12.6.4.4", Level.Must)]
    public const string BindAcknowledged = "RPC-011";

    /// <summary>The ack has one result for each context element, in the order of the request.</summary>
    [Requirement("12.6.4.4", Level.Must)]
    public const string ResultForEachContext = "RPC-012";

    /// <summary>A context with an unknown interface gets provider_rejection, abstract_syntax_not_supported.</summary>
    [Requirement("12.6.4.4", Level.Must)]
    public const string UnknownInterfaceRejected = "RPC-013";

    /// <summary>
    /// A context without a supported transfer syntax gets provider_rejection,
    /// proposed_transfer_syntaxes_not_supported.
    /// </summary>
    [Requirement("12.6.4.4", Level.Must)]
    public const string UnknownTransferSyntaxRejected = "RPC-014";

    /// <summary>A rejected result carries an all-zero transfer syntax.</summary>
    [Requirement("12.6.4.4", Level.Defines)]
    public const string RejectedSyntaxZero = "RPC-015";

    /// <summary>
    /// A bind whose contexts are all rejected is still acknowledged, and contexts can be added later.
    /// </summary>
    [Requirement("12.6.4.4", Level.Defines)]
    public const string RejectedBindKeepsConnection = "RPC-016";

    /// <summary>An interface of the same major and a greater or equal minor version serves a client.</summary>
    [Requirement("12.6.4.4", Level.Should, Note = "Windows and Samba compare as registered.")]
    public const string MinorVersionCompatible = "RPC-017";

    /// <summary>Of several transfer syntaxes for one interface in a bind at most one is accepted.</summary>
    [Requirement("3.3.1.5.6", Level.Defines, Specification = "MS-RPCE")]
    public const string OneTransferSyntaxAccepted = "RPC-018";

    /// <summary>The secondary address of a TCP bind_ack is the server's port in decimal, null-terminated.</summary>
    [Requirement("3.3.1.5.5", Level.Defines, Specification = "MS-RPCE")]
    public const string SecondaryAddress = "RPC-019";

    /// <summary>
    /// The ack has FIRST and LAST, and of header signing and multiplexing what was asked and is supported.
    /// </summary>
    [Requirement("2.2.2.3", Level.Defines, Specification = "MS-RPCE")]
    public const string AckFlags = "RPC-020";

    /// <summary>A bind without contexts is answered by bind_nak.</summary>
    [Requirement("12.6.4.5", Level.Defines)]
    public const string BindWithoutContexts = "RPC-021";

    /// <summary>A second bind on a bound connection is refused and the connection ends.</summary>
    [Requirement("12.6.4.5", Level.Defines)]
    public const string SecondBindRefused = "RPC-022";

    /// <summary>After a bind_nak the server closes the connection.</summary>
    [Requirement("12.6.4.5", Level.Defines)]
    public const string BindNakCloses = "RPC-023";

    /// <summary>A request on a connection that is not bound is not executed.</summary>
    [Requirement("12.6.4.9", Level.Must)]
    public const string RequestBeforeBind = "RPC-024";

    /// <summary>alter_context adds a presentation context that requests can use at once.</summary>
    [Requirement("12.6.4.1", Level.Must)]
    public const string AlterContextAddsContext = "RPC-025";

    /// <summary>Offering a known context again with the same syntaxes is accepted.</summary>
    [Requirement("3.3.1.5.6", Level.Defines, Specification = "MS-RPCE")]
    public const string AlterContextRepeats = "RPC-026";

    /// <summary>Offering a known context id with another interface or syntax is a protocol error.</summary>
    [Requirement("3.3.1.5.6", Level.Defines, Specification = "MS-RPCE")]
    public const string AlterContextCannotChange = "RPC-027";

    /// <summary>Fragment sizes and group in alter_context are ignored.</summary>
    [Requirement("12.6.4.1", Level.Defines)]
    public const string AlterContextFragmentSizesIgnored = "RPC-028";

    /// <summary>A context id is known only on the connection that negotiated it.</summary>
    [Requirement("3.3.1.5.6", Level.Must, Specification = "MS-RPCE")]
    public const string ContextsPerConnection = "RPC-029";

    /// <summary>A request for an unknown context id faults with nca_unk_if and the connection lives.</summary>
    [Requirement("E", Level.Must)]
    public const string UnknownContextId = "RPC-030";

    /// <summary>Bind-time features are answered negotiate_ack with the bits that both sides have.</summary>
    [Requirement("3.3.1.5.3", Level.Should, Specification = "MS-RPCE")]
    public const string BindTimeFeatures = "RPC-031";

    /// <summary>Contexts beyond the server's limit are refused, and no more is kept than the limit.</summary>
    [Requirement("3.3.3.5.5", Level.Must, Specification = "MS-RPCE")]
    public const string ContextLimit = "RPC-032";
}
