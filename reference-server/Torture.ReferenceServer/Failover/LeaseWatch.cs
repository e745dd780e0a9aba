namespace Torture.ReferenceServer.Failover;

/// <summary>
/// The lease of a <see cref="LeaseLock"/> as somebody sees it who only looks: whose it is, and whether he counts. Looks
/// are to come more often than a lease lasts.
/// </summary>
public sealed class LeaseWatch(string folder, TimeSpan lease, MonotonicClock clock)
{
    private long _term;
    private string _beat = "";
    private TimeSpan _countedAt = TimeSpan.MinValue;

    /// <summary>Who holds the term; empty: nobody has held it yet, or it cannot be seen.</summary>
    public string Holder { get; private set; } = "";

    /// <summary>Since when this has seen the term.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>The holder has counted within a lease.</summary>
    public bool IsHeld => _countedAt != TimeSpan.MinValue && clock.Now - _countedAt <= lease;

    /// <summary>A folder that cannot be read shows nobody who counts.</summary>
    public void Look()
    {
        try
        {
            var (term, beat) = LeaseLock.Read(folder);
            if (term != _term)
            {
                (_term, _countedAt, Since) = (term, TimeSpan.MinValue, clock.Now);
            }
            else if (beat.Length > 0 && beat != _beat)
            {
                _countedAt = clock.Now;
            }

            (_beat, Holder) = (beat, beat.Split(' ')[0]);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            (_countedAt, Holder) = (TimeSpan.MinValue, "");
        }
    }
}
