using System.Net;

namespace Torture.Captures;

/// <summary>A connection by number (from 0, in order of appearance) and ends.</summary>
public sealed record FlowId(int Connection, IPEndPoint Client, IPEndPoint Server)
{
    public override string ToString() => $"{Client} -> {Server}";
}
