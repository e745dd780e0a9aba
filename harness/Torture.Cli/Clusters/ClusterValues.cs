using System.Globalization;
using System.Text.Json.Nodes;
using Torture.Harness.Clusters;

namespace Torture.Cli.Clusters;

/// <summary>
/// A cluster that is up as the hook up of a target file prints it: names and texts, for <c>{up.NAME}</c> in the file.
/// </summary>
internal static class ClusterValues
{
    private const int Clients = 16;

    public static string Json(ICluster cluster)
    {
        var values = new JsonObject
        {
            ["id"] = cluster.Id,
            ["netName"] = cluster.NetName,
            ["endpointMapper"] = cluster.Ports.EndpointMapper,
            ["smb"] = cluster.Ports.Smb,
        };
        foreach (var (node, number) in cluster.Nodes.Select((node, index) => (node, Number(index))))
        {
            values[$"node{number}"] = node.Address.ToString();
            values[$"private{number}"] = node.Private?.ToString() ?? "";
        }

        foreach (var (address, number) in cluster.PublicAddresses.Select((address, index) => (address, Number(index))))
        {
            values[$"public{number}"] = address.ToString();
        }

        // Held as long as the cluster lives: nobody else connects from there.
        for (var index = 0; index < Clients; index++)
        {
            values[$"client{Number(index)}"] = cluster.ClaimClient($"by-hand-{Number(index)}").Address.ToString();
        }

        return values.ToJsonString();
    }

    private static string Number(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);
}
