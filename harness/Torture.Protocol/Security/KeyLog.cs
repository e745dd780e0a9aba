using System.Net;
using Torture.Protocol.Rpc;

namespace Torture.Protocol.Security;

/// <summary>What opens one connection of a capture: written beside it, never a password.</summary>
/// <param name="Mechanism">The mechanism that did the work: NTLMSSP also where SPNEGO was around it.</param>
/// <param name="BoundAt">When the context was established.</param>
/// <param name="SessionKey">The exported session key.</param>
/// <param name="Flags">The mechanism's negotiated flags.</param>
/// <param name="MechListMicExchanged">SPNEGO used sequence number 0 of both directions for its MIC.</param>
public sealed record KeyLogEntry(
    AuthenticationType Mechanism, IPEndPoint Client, IPEndPoint Server, DateTimeOffset BoundAt,
    AuthenticationLevel Level, ReadOnlyMemory<byte> SessionKey, uint Flags, bool MechListMicExchanged)
{
    /// <summary>The entry of an established context.</summary>
    public static KeyLogEntry Of(
        ISecurityContext context,
        IPEndPoint client,
        IPEndPoint server,
        DateTimeOffset boundAt,
        AuthenticationLevel level) =>
        new(
            context.Mechanism,
            client,
            server,
            boundAt,
            level,
            context.SessionKey,
            context.Flags,
            context.MechListMicExchanged);

    public override string ToString() => $"{Mechanism} {Client} -> {Server} at level {Level}, {BoundAt:O}";
}

/// <summary>Where clients and servers leave what a capture needs to be read.</summary>
public interface IKeyLog
{
    void Record(KeyLogEntry entry);
}
