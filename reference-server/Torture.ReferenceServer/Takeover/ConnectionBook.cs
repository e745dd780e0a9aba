using System.Net;

namespace Torture.ReferenceServer.Takeover;

/// <summary>
/// The TCP connections of all public addresses, this node's own and those that peers told of: whoever takes an address
/// finds here whom it has to tickle, also when the owner before is gone. Bounded; safe for every thread.
/// </summary>
/// <remarks>
/// A <em>holding</em> is one node's time with an address, from take to release. Only its holder changes it, and its
/// version says which of two tellings is newer. Once an address's next owner has told all clients, everything before
/// its own holding is history, on every node.
/// </remarks>
public sealed class ConnectionBook(string self, IReadOnlyList<IPAddress> addresses)
{
    /// <summary>Connections of one holding; more are not tickled.</summary>
    public const int MaximumOfHolding = 8192;

    /// <summary>Connections of all addresses together; more are not tickled.</summary>
    public const int Maximum = 65_536;

    private const int MaximumHoldings = 32;
    private const long MaximumOrder = 1L << 62;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Page> _pages = addresses.ToDictionary(address => address, _ => new Page());
    private int _count;
    private bool _hasNews;

    public int Count => Volatile.Read(ref _count);

    /// <summary>This node is about to serve the address.</summary>
    /// <param name="order">
    /// Of the leader's command: only the leader knows of every owner before, also of one that had no clients.
    /// </param>
    public void Begin(IPAddress address, long order)
    {
        lock (_gate)
        {
            if (_pages.TryGetValue(address, out var page))
            {
                var last = page.Holdings.Select(holding => holding.Order).Append(page.Settled).Max();
                page.Own = new Holding(self, Math.Max(last + 1, order));
                page.Holdings.Add(page.Own);
                Tidy(page);
            }
        }
    }

    /// <summary>This node lets go of the address. What is open now is for the next owner to tickle.</summary>
    public void End(IPAddress address)
    {
        lock (_gate)
        {
            if (_pages.TryGetValue(address, out var page))
            {
                page.Own = null;
            }
        }
    }

    public void Open(IPAddress address, ClientConnection connection)
    {
        lock (_gate)
        {
            if (OwnOf(address) is { } own && Add(own, connection) && !own.Closed.Remove(connection))
            {
                own.Opened.Add(connection);
                _hasNews = true;
            }
        }
    }

    public void Close(IPAddress address, ClientConnection connection)
    {
        lock (_gate)
        {
            if (OwnOf(address) is { } own && Drop(own, connection) && !own.Opened.Remove(connection))
            {
                own.Closed.Add(connection);
                _hasNews = true;
            }
        }
    }

    /// <summary>All clients of earlier owners were told.</summary>
    public ConnectionNews? Settle(IPAddress address)
    {
        lock (_gate)
        {
            if (OwnOf(address) is not { } own)
            {
                return null;
            }

            Settle(_pages[address], own.Order);
            return new ConnectionNews(address, own.Order);
        }
    }

    /// <summary>Connections that earlier owners of the address had when they were last heard of.</summary>
    public IReadOnlyCollection<ClientConnection> LeftAt(IPAddress address)
    {
        lock (_gate)
        {
            if (!_pages.TryGetValue(address, out var page))
            {
                return [];
            }

            var left = page.Holdings.Where(holding => holding != page.Own)
                .SelectMany(holding => holding.Open).ToHashSet();
            left.ExceptWith(page.Own?.Open ?? []);
            return left;
        }
    }

    /// <summary>What changed in this node's holdings since the last time.</summary>
    public IReadOnlyList<ConnectionNews> TakeNews()
    {
        lock (_gate)
        {
            if (!_hasNews)
            {
                return [];
            }

            _hasNews = false;
            return
            [
                .. _pages.SelectMany(page => page.Value.Holdings.Where(holding => holding.HasNews).ToArray()
                    .Select(holding => new ConnectionNews(page.Key, page.Value.Settled, holding.TakeChanges()))),
            ];
        }
    }

    /// <summary>Everything, for a peer that knows nothing, or has missed something.</summary>
    public IReadOnlyList<ConnectionNews> All()
    {
        lock (_gate)
        {
            return
            [
                .. _pages.Where(page => page.Value is { Settled: > 0, Holdings.Count: 0 })
                    .Select(page => new ConnectionNews(page.Key, page.Value.Settled)),
                .. _pages.SelectMany(page => page.Value.Holdings
                    .Select(holding => new ConnectionNews(page.Key, page.Value.Settled, holding.Whole()))),
            ];
        }
    }

    /// <summary>What a peer tells, of its own holdings or of others'.</summary>
    public void Learn(ConnectionNews news)
    {
        lock (_gate)
        {
            if (_pages.TryGetValue(news.Address, out var page) && news.Settled < MaximumOrder)
            {
                Settle(page, news.Settled);
                if (news.Holding is { Order: >= 0 and < MaximumOrder } told && told.Order >= page.Settled)
                {
                    Learn(page, told);
                }
            }
        }
    }

    private void Learn(Page page, HoldingNews told)
    {
        var known = page.Holdings.FirstOrDefault(
            holding => holding.Order == told.Order && holding.Node == told.Node);
        if (known is not null && (known == page.Own || known.Version >= told.Version))
        {
            return;
        }

        // What was added to something that is not known here: the whole will follow.
        if (!told.Whole && told.Version != (known?.Version ?? 0) + 1)
        {
            return;
        }

        if (known is null)
        {
            known = new Holding(told.Node, told.Order);
            page.Holdings.Add(known);
        }

        known.Version = told.Version;
        if (told.Whole)
        {
            Clear(known);
        }

        foreach (var connection in told.Opened)
        {
            Add(known, connection);
        }

        foreach (var connection in told.Closed)
        {
            Drop(known, connection);
        }

        Tidy(page);
    }

    /// <summary>Nothing is lost with an empty one that is over; of a flapping address the oldest go.</summary>
    private void Tidy(Page page)
    {
        var others = page.Holdings.Where(holding => holding != page.Own)
            .OrderByDescending(holding => holding.Order).ToArray();
        var last = page.Holdings.Max(holding => holding.Order);
        Forget(page, others.Where(holding => holding is { IsEmpty: true, HasNews: false } && holding.Order < last));
        Forget(page, others.Skip(MaximumHoldings));
    }

    private void Settle(Page page, long order)
    {
        page.Settled = Math.Max(page.Settled, order);
        Forget(page, page.Holdings.Where(holding => holding != page.Own && holding.Order < page.Settled));
    }

    private void Forget(Page page, IEnumerable<Holding> holdings)
    {
        foreach (var holding in holdings.ToArray())
        {
            Clear(holding);
            page.Holdings.Remove(holding);
        }
    }

    private Holding? OwnOf(IPAddress address) => _pages.TryGetValue(address, out var page) ? page.Own : null;

    private bool Add(Holding holding, ClientConnection connection)
    {
        if (_count >= Maximum || holding.Open.Count >= MaximumOfHolding || !holding.Open.Add(connection))
        {
            return false;
        }

        _count++;
        return true;
    }

    private bool Drop(Holding holding, ClientConnection connection)
    {
        var dropped = holding.Open.Remove(connection);
        _count -= dropped ? 1 : 0;
        return dropped;
    }

    private void Clear(Holding holding)
    {
        _count -= holding.Open.Count;
        holding.Open.Clear();
    }

    private sealed class Page
    {
        /// <summary>Holdings of a lower order are history.</summary>
        public long Settled { get; set; }

        public Holding? Own { get; set; }

        public List<Holding> Holdings { get; } = [];
    }

    private sealed class Holding(string node, long order)
    {
        public string Node => node;

        public long Order => order;

        public long Version { get; set; }

        public HashSet<ClientConnection> Open { get; } = [];

        /// <summary>Since the last news.</summary>
        public HashSet<ClientConnection> Opened { get; } = [];

        public HashSet<ClientConnection> Closed { get; } = [];

        public bool IsEmpty => Open.Count == 0;

        public bool HasNews => Opened.Count + Closed.Count > 0;

        public HoldingNews TakeChanges()
        {
            var changes = new HoldingNews(Node, Order, ++Version, Whole: false, [.. Opened], [.. Closed]);
            Opened.Clear();
            Closed.Clear();
            return changes;
        }

        public HoldingNews Whole() => new(Node, Order, Version, Whole: true, [.. Open], []);
    }
}
