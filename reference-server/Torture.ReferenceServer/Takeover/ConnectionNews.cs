using System.Net;

namespace Torture.ReferenceServer.Takeover;

/// <summary>News of connections, in one line.</summary>
/// <param name="Number">Counts the lines of a link.</param>
/// <param name="Anew">With the lines that follow it is all there is: nothing that came before has to be known.</param>
public sealed record ConnectionLine(long Number, bool Anew, IReadOnlyList<ConnectionNews> News);

/// <summary>What nodes tell each other of the connections of one public address.</summary>
/// <param name="Settled">Holdings of a lower order are history: their clients were told of the next owner.</param>
public sealed record ConnectionNews(IPAddress Address, long Settled, HoldingNews? Holding = null);

/// <summary>One node's time with an address, from take to release.</summary>
/// <param name="Node">Who had it, or has it.</param>
/// <param name="Order">Greater than that of every holding before it.</param>
/// <param name="Version">Counts the changes of the holding: the greater one is right.</param>
/// <param name="Whole">Opened is all there is; else what came since the version before.</param>
public sealed record HoldingNews(
    string Node, long Order, long Version, bool Whole,
    IReadOnlyList<ClientConnection> Opened, IReadOnlyList<ClientConnection> Closed);
