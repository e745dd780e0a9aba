using System.Net;

namespace Torture.Protocol.Ctdb;

/// <summary>A node as the node map has it.</summary>
/// <param name="Address">Where its daemon talks to the others.</param>
public sealed record CtdbNode(uint Number, CtdbNodeFlags Flags, IPEndPoint Address)
{
    /// <summary>It takes part, and can be asked.</summary>
    public bool IsActive => (Flags & CtdbNodeFlags.INACTIVE) == 0;
}

/// <summary>A public address and its owner, as one node knows it.</summary>
/// <param name="Owner">A node's number; <see cref="CtdbNodeNumber.Unknown"/>: nobody.</param>
public sealed record CtdbPublicAddress(uint Owner, IPAddress Address);

/// <summary>A network interface that public addresses can be on.</summary>
public sealed record CtdbInterface(string Name, bool LinkUp, uint References);

/// <summary>A public address with the interfaces that it can be on.</summary>
/// <param name="Active">Which of them it is on; none: 0xFFFFFFFF.</param>
public sealed record CtdbPublicAddressInfo(
    CtdbPublicAddress Address, uint Active, IReadOnlyList<CtdbInterface> Interfaces);

/// <summary>The nodes that share the databases.</summary>
/// <param name="Generation">Another one after each recovery, at random.</param>
public sealed record CtdbVnnMap(uint Generation, IReadOnlyList<uint> Numbers);

/// <summary>A TCP connection of a public address.</summary>
public sealed record CtdbConnection(IPEndPoint Client, IPEndPoint Server);

/// <summary>The connections that the next owner of an address tickles.</summary>
public sealed record CtdbTickleList(IPEndPoint Address, IReadOnlyList<CtdbConnection> Connections);

/// <summary>How long a node is banned; zero seconds: not any more.</summary>
public sealed record CtdbBan(uint Number, uint Seconds);

/// <summary>What is sent to <see cref="CtdbSrvid.TAKEOVER_RUN"/>.</summary>
/// <param name="Number">Of the node that asks.</param>
/// <param name="ReplyTo">Where the answer shall go, 4 bytes: who answers, or a negative error; 0: none.</param>
public sealed record CtdbTakeoverRun(uint Number, ulong ReplyTo);

/// <summary>What is sent to <see cref="CtdbSrvid.DISABLE_TAKEOVER_RUNS"/>.</summary>
/// <param name="Seconds">Zero: they go on.</param>
public sealed record CtdbDisable(uint Number, ulong ReplyTo, uint Seconds);
