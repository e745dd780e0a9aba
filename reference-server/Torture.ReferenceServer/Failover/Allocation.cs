namespace Torture.ReferenceServer.Failover;

/// <summary>
/// Who shall own what: a pure function, so that every leader comes to the same result. The i-th item is at home on
/// the i-th node, round and round; an item whose home cannot take it goes to the node with the fewest, the first one
/// after its home if there are several.
/// </summary>
public static class Allocation
{
    /// <param name="homes">Number of the node where each item is at home.</param>
    /// <param name="nodes">How many nodes the cluster has.</param>
    /// <param name="eligible">Nodes that may own something.</param>
    /// <param name="pinned">Where an administrator moved an item; -1: nowhere.</param>
    /// <param name="present">Present owners, -1 for none, where items stay; null: items go home.</param>
    /// <returns>The owner of each item; -1 where nobody can have it.</returns>
    public static int[] Assign(
        IReadOnlyList<int> homes, int nodes, IReadOnlySet<int> eligible, IReadOnlyList<int> pinned,
        IReadOnlyList<int>? present = null)
    {
        var owners = new int[homes.Count];
        var load = new int[nodes];
        for (var item = 0; item < homes.Count; item++)
        {
            var stays = present?[item] ?? -1;
            owners[item] = eligible.Contains(pinned[item]) ? pinned[item]
                : eligible.Contains(stays) ? stays
                : eligible.Contains(homes[item]) ? homes[item]
                : -1;
            if (owners[item] >= 0)
            {
                load[owners[item]]++;
            }
        }

        for (var item = 0; item < homes.Count && eligible.Count > 0; item++)
        {
            if (owners[item] < 0)
            {
                owners[item] = eligible.OrderBy(node => load[node])
                    .ThenBy(node => (node - homes[item] + nodes) % nodes).First();
                load[owners[item]]++;
            }
        }

        return owners;
    }
}
