namespace Torture.Requirements;

// Association groups and context handles.
public static partial class Rpce
{
    /// <summary>A bind with group 0 gets a new group id that is not 0.</summary>
    [Requirement("12.6.3.6", Level.Must)]
    public const string GroupCreated = "RPC-060";

    /// <summary>A bind with a living group id joins that group.</summary>
    [Requirement("12.6.3.6", Level.Must)]
    public const string GroupJoined = "RPC-061";

    /// <summary>A bind with an unknown group id is answered by bind_nak.</summary>
    [Requirement("3.3.1.5.7", Level.Defines, Specification = "MS-RPCE")]
    public const string UnknownGroupRefused = "RPC-062";

    /// <summary>A context handle is valid on every connection of its group.</summary>
    [Requirement("3.3.1.4.1", Level.Must, Specification = "MS-RPCE")]
    public const string HandleValidInGroup = "RPC-063";

    /// <summary>A context handle survives the loss of a connection while another of its group is left.</summary>
    [Requirement("3.3.3.7.1", Level.Must, Specification = "MS-RPCE")]
    public const string HandleSurvivesConnection = "RPC-064";

    /// <summary>When the last connection of a group ends its context handles are run down.</summary>
    [Requirement("5.1.6", Level.Must)]
    public const string HandleRundown = "RPC-065";

    /// <summary>A handle that is unknown or of another group never reaches another client's object.</summary>
    [Requirement("3.3.1.4.1", Level.Must, Specification = "MS-RPCE")]
    public const string ContextMismatch = "RPC-066";

    /// <summary>Rundown comes after the calls that use the handle have ended.</summary>
    [Requirement("3.3.3.5", Level.Defines, Specification = "MS-RPCE")]
    public const string RundownAfterCalls = "RPC-067";
}
