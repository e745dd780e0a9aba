using System.Net;
using Torture.Captures.Tcp;

namespace Torture.Captures;

/// <summary>How a side ended its half of a connection.</summary>
public enum TcpClose
{
    Fin,
    Reset,
}

/// <summary>One TCP connection of a capture.</summary>
public sealed class TcpStream
{
    private readonly EndpointKey _opener;
    private readonly EndpointKey _accepter;

    internal TcpStream(int number, EndpointKey opener, EndpointKey accepter, FrameStamp firstSeen)
    {
        Number = number;
        _opener = opener;
        _accepter = accepter;
        FirstSeen = firstSeen;
        Client = opener.ToIPEndPoint();
        Server = accepter.ToIPEndPoint();
    }

    /// <summary>From 0, in order of appearance.</summary>
    public int Number { get; }

    /// <summary>Who sent the SYN; where that was not captured, who looks like it.</summary>
    public IPEndPoint Client { get; }

    public IPEndPoint Server { get; }

    public FrameStamp FirstSeen { get; }

    /// <summary>The client's first SYN; null where the capture began later.</summary>
    public FrameStamp? Syn { get; internal set; }

    public FrameStamp? SynAck { get; internal set; }

    /// <summary>Link address of the server when it last sent anything but a reset; null: the link has none.</summary>
    public MacAddress? ServerMac { get; internal set; }

    internal TcpDirection FromClient { get; } = new();

    internal TcpDirection FromServer { get; } = new();

    internal uint? SynSequence { get; set; }

    internal FlowKey Key => new(_opener, _accepter);

    internal TcpDirection Direction(bool fromClient) => fromClient ? FromClient : FromServer;

    internal bool IsFromClient(in EndpointKey source) => source == _opener;

    public override string ToString() => $"{Client} -> {Server}";
}
