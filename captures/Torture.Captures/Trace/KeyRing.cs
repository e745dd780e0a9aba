using System.Net;
using Torture.Protocol.Security;

namespace Torture.Captures;

/// <summary>
/// What opens sealed traffic: session keys that the ends wrote, and passwords of users where foreign ends did not.
/// Any thread may add at any time.
/// </summary>
public sealed class KeyRing : IKeyLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(IPEndPoint Client, IPEndPoint Server), List<KeyLogEntry>> _entries = [];
    private readonly Dictionary<string, string> _passwords = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Counts what was added, so that a reader knows whether to look again.</summary>
    public int Version { get; private set; }

    public void Record(KeyLogEntry entry)
    {
        lock (_lock)
        {
            var ends = (entry.Client, entry.Server);
            if (!_entries.TryGetValue(ends, out var entries))
            {
                _entries[ends] = entries = [];
            }

            if (!entries.Any(e => e.BoundAt == entry.BoundAt && e.SessionKey.Span.SequenceEqual(entry.SessionKey.Span)))
            {
                entries.Add(entry);
                Version++;
            }
        }
    }

    /// <summary>A user's password, for captures of ends that write no keys; kept in memory only.</summary>
    public void AddPassword(string user, string password)
    {
        lock (_lock)
        {
            _passwords[user] = password;
            Version++;
        }
    }

    /// <summary>Entries of a connection's ends, the one bound nearest to a time first.</summary>
    internal IReadOnlyList<KeyLogEntry> Find(IPEndPoint client, IPEndPoint server, DateTimeOffset near)
    {
        lock (_lock)
        {
            return _entries.TryGetValue((client, server), out var entries)
                ? [.. entries.OrderBy(e => (e.BoundAt - near).Duration())]
                : [];
        }
    }

    /// <summary>By <c>DOMAIN\user</c>, then by the user's name alone.</summary>
    internal string? Password(string user)
    {
        lock (_lock)
        {
            return _passwords.GetValueOrDefault(user)
                ?? _passwords.GetValueOrDefault(user[(user.IndexOf('\\', StringComparison.Ordinal) + 1)..]);
        }
    }
}
