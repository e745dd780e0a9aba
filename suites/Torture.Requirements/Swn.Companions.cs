namespace Torture.Requirements;

// Sentences of other specifications that a witness meets.
public static partial class Swn
{
    /// <summary>SMB2_SHARE_CAP_CLUSTER in TREE_CONNECT says that the witness service monitors the share.</summary>
    [Requirement("MS-SMB2 2.2.10", Level.Defines)]
    public const string ClusterShareCapability = "SWN-R181";

    /// <summary>CLUSTER, SCALEOUT, ASYMMETRIC and CONTINUOUS_AVAILABILITY follow the type of the share.</summary>
    [Requirement("MS-SMB2 3.3.5.7", Level.Must)]
    public const string ShareCapabilities = "SWN-R182";

    /// <summary>An SMB 3 client registers when a share is clustered and continuously available.</summary>
    [Requirement("MS-SMB2 3.2.5.5", Level.Should)]
    public const string SmbClientStartsWitness = "SWN-R183";

    /// <summary>An SMB 3 client unregisters when its last tree connect to the server is gone.</summary>
    [Requirement("MS-SMB2 3.2.5.6 / 3.2.7.1", Level.Should)]
    public const string SmbClientEndsWitness = "SWN-R184";

    /// <summary>
    /// TREE_CONNECT with REDIRECT_TO_OWNER elsewhere answers a share redirect with the owner's addresses.
    /// </summary>
    [Requirement("MS-SMB2 2.2.2.2.2 / 3.3.5.7", Level.Must)]
    public const string RedirectToOwner = "SWN-R185";

    /// <summary>The cluster bits of a share type are not shown to remote callers.</summary>
    [Requirement("MS-SRVS 2.2.2.4 / 3.1.4.8 / 3.1.4.10", Level.Defines)]
    public const string ShareTypes = "SWN-R186";

    /// <summary>Connection monitoring surfaces as rundown at the server and as a failed call at the client.</summary>
    [Requirement("MS-RPCE 3.3.3.2.1 / 3.3.2.2.2", Level.Defines)]
    public const string ConnectionMonitoring = "SWN-R187";

    /// <summary>A client survives huge counts with no data, empty address lists and empty notifications.</summary>
    [Requirement("derived", Level.Defines)]
    public const string HostileNotificationsSurvived = "SWN-R188";
}
