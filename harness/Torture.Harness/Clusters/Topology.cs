using System.Net;

namespace Torture.Harness.Clusters;

/// <summary>A member of the cluster with the addresses that do not move.</summary>
public sealed record Node(string Name, IPAddress Address, IPAddress? Address6 = null)
{
    /// <summary>Where it talks to other nodes; null where that is not known.</summary>
    public IPAddress? Private { get; init; }

    public override string ToString() => Name;
}

/// <summary>An address that the cluster moves between its nodes and that clients use.</summary>
public sealed record PublicAddress(IPAddress Address)
{
    public override string ToString() => Address.ToString();
}

/// <summary>How a share is served.</summary>
public enum ShareKind
{
    /// <summary>By every node at once.</summary>
    ScaleOut,

    /// <summary>By its owner alone, and by another node after a failover.</summary>
    Failover,

    /// <summary>Not a cluster share: the witness does not monitor it.</summary>
    Plain,
}

public sealed record Share(string Name, ShareKind Kind)
{
    public override string ToString() => Name;
}

/// <summary>Somebody who may log on to the cluster.</summary>
public sealed record Account(string Domain, string User, string Password)
{
    /// <summary>Never the password.</summary>
    public override string ToString() => $@"{Domain}\{User}";
}

/// <summary>Where the services listen. The witness itself is on the port that the endpoint mapper tells.</summary>
/// <param name="Witness">The witness port where it is known beforehand.</param>
public sealed record ClusterPorts(int EndpointMapper = 135, int Smb = 445, int? Witness = null);
