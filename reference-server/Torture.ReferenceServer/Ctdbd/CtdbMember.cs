using System.Net;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>A node of the cluster file as the CTDB daemon of this one knows it. Belongs to the engine's loop.</summary>
internal sealed class CtdbMember(NodeEntry entry, int index)
{
    public NodeEntry Entry => entry;

    public string Name => entry.Name;

    public int Index => index;

    /// <summary>Its number at CTDB; null: the node map does not have it, or is not known.</summary>
    public uint? Number { get; set; }

    public MemberState State { get; set; } = MemberState.Disconnected;

    /// <summary>It takes part: its daemon can be asked, and may have addresses.</summary>
    public bool IsActive => Number is not null
        && State is not (MemberState.Disconnected or MemberState.Stopped or MemberState.Banned);

    /// <summary>What its daemon said that it has, when it was asked last.</summary>
    public IReadOnlyList<IPAddress> Owned { get; set; } = [];

    /// <summary>Orders what daemons said: the greater was asked later.</summary>
    public long OwnedAt { get; set; }

    public bool IsAsked { get; set; }

    /// <summary>Something has happened since it was asked.</summary>
    public bool AskAgain { get; set; }

    /// <summary>The life of its witness server that is there; null: none is.</summary>
    public long? Life { get; set; }

    public void Forget()
    {
        (State, Owned, Life, AskAgain) = (MemberState.Disconnected, [], null, false);
    }

    public static MemberState StateOf(CtdbNodeFlags flags) =>
        flags.HasFlag(CtdbNodeFlags.DISCONNECTED) || flags.HasFlag(CtdbNodeFlags.DELETED) ? MemberState.Disconnected
        : flags.HasFlag(CtdbNodeFlags.BANNED) ? MemberState.Banned
        : flags.HasFlag(CtdbNodeFlags.STOPPED) ? MemberState.Stopped
        : flags.HasFlag(CtdbNodeFlags.PERMANENTLY_DISABLED) ? MemberState.Disabled
        : flags.HasFlag(CtdbNodeFlags.UNHEALTHY) ? MemberState.Unhealthy
        : MemberState.Ok;
}
