namespace Torture.Captures.Trace;

/// <summary>A list that only grows: what a reader was given once never changes, and costs no copy.</summary>
internal sealed class AppendOnly<T>
{
    private T[] _items = [];

    public int Count { get; private set; }

    public ReadOnlyMemory<T> View => _items.AsMemory(0, Count);

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(4, Count * 2));
        }

        _items[Count++] = item;
    }
}
