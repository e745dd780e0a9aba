namespace Torture.Suites.Failover;

/// <summary>A client that polls one registration and keeps the changes that it is told, in their order.</summary>
internal sealed class Hearer
{
    private readonly Lock _gate = new();
    private readonly Registration _registration;
    private readonly List<ResourceChange> _heard = [];
    private Outcome? _end;

    private Hearer(Registration registration) => _registration = registration;

    /// <summary>What was told so far.</summary>
    public IReadOnlyList<ResourceChange> Heard
    {
        get
        {
            lock (_gate)
            {
                return [.. _heard];
            }
        }
    }

    /// <summary>UNAVAILABLE, then AVAILABLE, each possibly several times (SWN-R157).</summary>
    public bool HeardAFailover =>
        Heard is [{ ChangeType: ChangeType.RESOURCE_STATE_UNAVAILABLE }, ..] heard && Returns > 0
        && heard.SkipWhile(change => change.ChangeType == ChangeType.RESOURCE_STATE_UNAVAILABLE)
            .All(change => change.ChangeType == ChangeType.RESOURCE_STATE_AVAILABLE);

    /// <summary>It hears no more: what it waited for was told, or there was no notification in an answer.</summary>
    public bool IsOver { get; private set; }

    /// <summary>How often the address came back.</summary>
    public int Returns => Heard.Count(change => change.ChangeType == ChangeType.RESOURCE_STATE_AVAILABLE);

    /// <summary>Polls until AVAILABLE is told.</summary>
    public static Hearer UntilAvailable(Registration registration) => Start(registration, once: true);

    /// <summary>Polls as long as there are answers.</summary>
    public static Hearer Throughout(Registration registration) => Start(registration, once: false);

    public override string ToString()
    {
        lock (_gate)
        {
            var told = string.Join(", ", _heard.Select(change => $"{change.ResourceName} {change.ChangeType}"));
            return (told, _end) switch
            {
                ("", null) => "nothing",
                ("", { } end) => $"{end}",
                (_, { } end) => $"{told}, then {end}",
                _ => told,
            };
        }
    }

    private static Hearer Start(Registration registration, bool once)
    {
        var hearer = new Hearer(registration);
        _ = hearer.ListenAsync(once);
        return hearer;
    }

    private async Task ListenAsync(bool once)
    {
        do
        {
            var reply = await _registration.AsyncNotifyAsync();
            lock (_gate)
            {
                _heard.AddRange(reply.Changes);
                // A client whose time is over asks again.
                _end = reply.Response is null && reply.Status != ERROR_TIMEOUT ? reply.Status : null;
            }
        }
        while (_end is null && !(once && Returns > 0));

        IsOver = true;
    }
}
