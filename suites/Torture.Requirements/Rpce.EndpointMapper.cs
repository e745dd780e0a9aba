namespace Torture.Requirements;

// The endpoint mapper.
public static partial class Rpce
{
    /// <summary>ept_map for a registered interface returns a tower with its endpoint.</summary>
    [Requirement("O", Level.Must)]
    public const string MapFindsInterface = "RPC-084";

    /// <summary>The returned port accepts a bind to the interface.</summary>
    [Requirement("O", Level.Must)]
    public const string MapReturnsUsableEndpoint = "RPC-085";

    /// <summary>ept_map for an unknown interface returns ept_s_not_registered as status, no fault.</summary>
    [Requirement("O", Level.Must)]
    public const string MapNotRegistered = "RPC-086";

    /// <summary>ept_map matches equal major and greater or equal minor versions.</summary>
    [Requirement("O", Level.Must)]
    public const string MapVersionCompatible = "RPC-087";

    /// <summary>No more towers are returned than max_towers.</summary>
    [Requirement("O", Level.Must)]
    public const string MapObeysMaxTowers = "RPC-088";

    /// <summary>The address floor of the query is ignored.</summary>
    [Requirement("3.1.3.5.3", Level.Must, Specification = "MS-RPCE")]
    public const string MapIgnoresAddress = "RPC-089";

    /// <summary>A NULL or too short tower gets an error status or a fault, never a crash.</summary>
    [Requirement("O", Level.Defines)]
    public const string MapNullTower = "RPC-090";

    /// <summary>A tower is little-endian floors; port and address are in network order.</summary>
    [Requirement("L", Level.Must)]
    public const string TowerLayout = "RPC-091";

    /// <summary>ept_lookup of all entries lists every registered interface once for each endpoint.</summary>
    [Requirement("O", Level.Must)]
    public const string LookupListsEndpoints = "RPC-092";

    /// <summary>ept_lookup with a small limit continues by its handle and ends with a zero handle.</summary>
    [Requirement("O", Level.Must)]
    public const string LookupContinues = "RPC-093";

    /// <summary>ept_lookup_handle_free ends an enumeration and returns the zero handle.</summary>
    [Requirement("2.2.1.2.8", Level.Must, Specification = "MS-RPCE")]
    public const string LookupHandleFreed = "RPC-094";

    /// <summary>The endpoint mapper answers callers that are not authenticated.</summary>
    [Requirement("3.1.1.1.3", Level.Defines, Specification = "MS-RPCE")]
    public const string MapperWithoutAuthentication = "RPC-095";

    /// <summary>ept_insert and ept_delete from remote are refused.</summary>
    [Requirement("2.2.1.2", Level.Defines, Specification = "MS-RPCE")]
    public const string MapperMethodsRefused = "RPC-096";
}
