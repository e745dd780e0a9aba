namespace Torture.Protocol.Smb2;

/// <summary>The message ids that a client may use: granted and not used yet ([MS-SMB2] 3.3.1.1).</summary>
internal sealed class Smb2Window(int limit)
{
    private readonly SortedSet<ulong> available = [0];
    private ulong next = 1;

    /// <summary>Uses up the ids of a request; false if one of them was used already or never granted.</summary>
    public bool Take(ulong messageId, int charge)
    {
        var taken = 0;
        while (taken < Math.Max(charge, 1) && available.Remove(messageId + (ulong)taken))
        {
            taken++;
        }

        return taken == Math.Max(charge, 1);
    }

    /// <summary>Grants what was asked for, at least one, within the limit.</summary>
    public ushort Grant(ushort asked)
    {
        var granted = (ushort)Math.Clamp((int)asked, available.Count == 0 ? 1 : 0, limit - available.Count);
        for (var left = granted; left > 0; left--)
        {
            available.Add(next++);
        }

        return granted;
    }
}
