using System.Collections.Immutable;

namespace Torture.Captures;

/// <summary>What a capture tells, each list in order of time.</summary>
public sealed record WitnessTrace
{
    /// <summary>By request; those of every interface, see <see cref="ObservedCall.IsWitness"/>.</summary>
    public ImmutableArray<ObservedCall> Calls { get; init; } = [];

    public ImmutableArray<ObservedBind> Binds { get; init; } = [];

    public ImmutableArray<ObservedSmb> Smb { get; init; } = [];

    public ImmutableArray<ObservedMarker> Markers { get; init; } = [];

    public ImmutableArray<ObservedAnnouncement> Announcements { get; init; } = [];

    public ImmutableArray<ObservedVoice> Voices { get; init; } = [];

    public ImmutableArray<ObservedQuestion> Questions { get; init; } = [];

    public ImmutableArray<ObservedTcpEvent> TcpEvents { get; init; } = [];

    public ImmutableArray<ObservedConnection> Connections { get; init; } = [];

    /// <summary>When and where the capture began; null for an empty one.</summary>
    public FrameStamp? First { get; init; }

    public FrameStamp? Last { get; init; }
}
