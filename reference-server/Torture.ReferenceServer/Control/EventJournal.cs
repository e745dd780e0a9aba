namespace Torture.ReferenceServer.Control;

/// <summary>
/// The last events of administrators that a node has carried out: they leave no state behind by which an observer
/// could see them.
/// </summary>
public sealed class EventJournal
{
    /// <summary>Older ones are forgotten.</summary>
    public const int Remembered = 64;

    private readonly Lock _gate = new();
    private readonly Queue<CarriedOut> _last = new(Remembered);
    private long _number;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<CarriedOut> Last
    {
        get
        {
            lock (_gate)
            {
                return [.. _last];
            }
        }
    }

    public void Add(ControlRequest request)
    {
        lock (_gate)
        {
            if (_last.Count == Remembered)
            {
                _last.Dequeue();
            }

            var subject = request.Client ?? request.Share ?? request.Address?.ToString();
            _last.Enqueue(new CarriedOut(++_number, request.Verb, subject));
        }
    }
}
