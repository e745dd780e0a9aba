using System.Net;

namespace Torture.Protocol.Rpc;

/// <summary>
/// The connections of one client that share context handles ([C706] 9.3.2). It ends with its last connection; what
/// was left in it is then run down, after the calls of that connection were aborted.
/// </summary>
public sealed class AssociationGroup
{
    private readonly Lock _gate = new();
    private readonly List<Action> _rundowns = [];
    private int _connections = 1;
    private bool _ended;

    internal AssociationGroup(uint id, IPAddress? client = null) => (Id, Client) = (id, client ?? IPAddress.None);

    public uint Id { get; }

    /// <summary>The host that made the group: another host must not join it ([MS-RPCE] 3.3.1.5.4).</summary>
    public IPAddress Client { get; }

    /// <summary>Runs once, when the group ends; at once where it has ended.</summary>
    public void OnRundown(Action rundown)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _rundowns.Add(rundown);
                return;
            }
        }

        rundown();
    }

    /// <summary>False where the group has ended: nobody joins it any more.</summary>
    internal bool TryJoin()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }

            _connections++;
            return true;
        }
    }

    /// <summary>True for the last one to leave, who then calls <see cref="RunDown"/>.</summary>
    internal bool Leave()
    {
        lock (_gate)
        {
            _ended = --_connections == 0;
            return _ended;
        }
    }

    internal void RunDown()
    {
        Action[] rundowns;
        lock (_gate)
        {
            rundowns = [.. _rundowns];
            _rundowns.Clear();
        }

        foreach (var rundown in rundowns)
        {
            rundown();
        }
    }
}
