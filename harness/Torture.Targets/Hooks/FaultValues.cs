using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;

namespace Torture.Targets.Hooks;

/// <summary>What the placeholders of a hook stand for when a fault is injected.</summary>
internal static class FaultValues
{
    /// <param name="before">Who owned what before: <c>{from}</c>, and who led: <c>{leader}</c>.</param>
    /// <exception cref="HookException">The observation does not tell what the fault needs.</exception>
    public static HookValues Of(Fault fault, TargetFile file, ClusterObservation before)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        switch (fault)
        {
            case MoveAddress move:
                values["address"] = move.Address.ToString();
                Add(values, file, "from", Owner(before.OwnerOf(move.Address), move.Address));
                Add(values, file, "to", move.To);
                break;
            case MoveShare move:
                values["share"] = move.Share.Name;
                Add(values, file, "from", Owner(before.OwnerOf(move.Share), move.Share));
                Add(values, file, "to", move.To);
                break;
            case Partition cut:
                Add(values, file, "from", cut.From);
                Add(values, file, "to", cut.To);
                values["direction"] = Word(cut.Direction);
                break;
            case LinkFault bad:
                Add(values, file, "node", bad.Node);
                AddLink(values, bad);
                break;
            case StallRecoveryLock or LoseRecoveryLock:
                Add(values, file, "leader", Leader(before, file));
                break;
            default:
                AddClient(values, fault, file);
                AddNode(values, fault, file);
                break;
        }

        return new HookValues(values);
    }

    /// <summary>What <c>{node}</c> and its kin stand for.</summary>
    public static void Add(IDictionary<string, string> values, TargetFile file, string name, Node node)
    {
        var index = file.Nodes.Select(known => known.Name).ToList().IndexOf(node.Name);
        values[name] = node.Name;
        values[$"{name}.address"] = node.Address.ToString();
        values[$"{name}.address6"] = node.Address6?.ToString() ?? "";
        values[$"{name}.private"] = node.Private?.ToString() ?? "";
        values[$"{name}.index"] = index.ToString(CultureInfo.InvariantCulture);
        foreach (var (variable, value) in file.VariablesOf(node))
        {
            values[$"{name}.{variable}"] = value;
        }
    }

    private static void AddNode(SortedDictionary<string, string> values, Fault fault, TargetFile file)
    {
        var node = fault switch
        {
            KillNode kill => kill.Node,
            PauseNode pause => pause.Node,
            StopNode stop => stop.Node,
            DisableNode disable => disable.Node,
            BanNode ban => ban.Node,
            StopWitness stop => stop.Node,
            _ => null,
        };
        if (node is not null)
        {
            Add(values, file, "node", node);
        }
    }

    private static void AddLink(SortedDictionary<string, string> values, LinkFault fault)
    {
        values["link"] = fault.Link == NodeLink.Public ? "public" : "private";
        values["direction"] = Word(fault.Direction);
        switch (fault)
        {
            case SlowLink slow:
                values["milliseconds"] = Milliseconds(slow.Delay);
                values["rate"] = slow.Rate.ToString(CultureInfo.InvariantCulture);
                break;
            case LossyLink lossy:
                values["percent"] = Percent(lossy.Loss);
                break;
            case DuplicatingLink twice:
                values["percent"] = Percent(twice.Part);
                break;
            case ReorderingLink late:
                values["percent"] = Percent(late.Part);
                values["milliseconds"] = Milliseconds(late.Late);
                break;
            case FlappingLink flapping:
                values["milliseconds"] = Milliseconds(flapping.Down);
                values["up.milliseconds"] = Milliseconds(flapping.Up);
                break;
        }
    }

    private static string Word(Direction direction) => direction switch
    {
        Direction.FromTo => "from-to",
        Direction.ToFrom => "to-from",
        _ => "both",
    };

    private static string Milliseconds(TimeSpan time) =>
        Math.Round(time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private static string Percent(double part) => (part * 100).ToString("0.###", CultureInfo.InvariantCulture);

    private static void AddClient(SortedDictionary<string, string> values, Fault fault, TargetFile file)
    {
        switch (fault)
        {
            case MoveClient move:
                values["client"] = move.ClientName;
                values["destination"] = move.Destination;
                var node = file.Nodes.Select(known => known.Name).ToList().FindIndex(name =>
                    name.Equals(move.Destination, StringComparison.OrdinalIgnoreCase));
                values["destination.kind"] = node >= 0 ? "node"
                    : IPAddress.TryParse(move.Destination, out _) ? "address"
                    : "name";
                values["destination.index"] = node < 0 ? "" : node.ToString(CultureInfo.InvariantCulture);
                break;
            case ChangeResource change:
                values["address"] = change.Address.ToString();
                values["state"] = change.State.ToString();
                break;
            case ChangeAddress change:
                values["client"] = change.ClientName ?? "";
                values["resource"] = change.Resource;
                values["online"] = change.Online ? "online" : "offline";
                break;
            case ForceUnregister force:
                values["client"] = force.ClientName;
                break;
            case ForceResponse force:
                values["client"] = force.ClientName;
                values["response"] = Json(force.Response);
                values["response.stub"] = Convert.ToBase64String(WitnessCodec.Encode(
                    new AsyncNotifyResult(force.Response, Win32Error.ERROR_SUCCESS), NdrSyntax.Ndr20));
                break;
        }
    }

    /// <summary>
    /// <c>{"result":0,"response":{"type":2,"messages":[[{"flags":9,"ipv4":"...","ipv6":"..."}]]}}</c>; messages of type
    /// 1 are <c>{"type":255,"name":"..."}</c>.
    /// </summary>
    private static string Json(AsyncNotifyResponse response)
    {
        var messages = response.MessageType == NotificationKind.RESOURCE_CHANGE_NOTIFICATION
            ? WitnessBlobs.ReadResourceChanges(response).Select(change => (JsonNode)new JsonObject
            {
                ["type"] = (uint)change.ChangeType, ["name"] = change.ResourceName,
            })
            : WitnessBlobs.ReadAddressLists(response).Select(list => (JsonNode)new JsonArray([.. list.Select(
                info => new JsonObject
                {
                    ["flags"] = (uint)info.Flags, ["ipv4"] = info.IPv4.ToString(), ["ipv6"] = info.IPv6.ToString(),
                })]));
        return new JsonObject
        {
            ["result"] = 0,
            ["response"] = new JsonObject
            {
                ["type"] = (uint)response.MessageType, ["messages"] = new JsonArray([.. messages]),
            },
        }.ToJsonString();
    }

    private static Node Owner(Node? owner, object what) =>
        owner ?? throw new HookException($"nobody owns {what}, so nobody could get it back");

    private static Node Leader(ClusterObservation before, TargetFile file) =>
        before.Leader is { } leader
        && file.Nodes.FirstOrDefault(node => node.Name == leader.Name) is { } found
            ? found
            : throw new HookException("the observation names no leader, so nobody is known to hold the lock");
}
