using System.Globalization;
using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;

namespace Torture.Cli.Clusters;

/// <summary>Faults as a person types them: <c>kill n1</c>, <c>move-address 127.64.1.101 n2</c>.</summary>
internal static class FaultWords
{
    public const string Help = """
          kill NODE                        stop-witness NODE
          pause NODE                       move-address ADDRESS NODE
          stop NODE                        move-share SHARE NODE
          disable NODE                     move-client CLIENT NODE|ADDRESS
          ban NODE                         change-resource ADDRESS available|unavailable
          partition NODE NODE [DIRECTION]  change-address CLIENT|- ADDRESS on|off
          stall-lock                       force-unregister CLIENT
          lose-lock                        force-response CLIENT BASE64 (the response's stub in NDR20)
          (DIRECTION: both, from-to or to-from)
          slow-link NODE LINK DELAY [RATE]           duplicating-link NODE LINK PART
          lossy-link NODE LINK PART                  reordering-link NODE LINK PART DELAY
          flapping-link NODE LINK DOWN UP
          (LINK: public or private, PART: 0 to 1, RATE: bit/s; DELAY, DOWN and UP in milliseconds)
        """;

    /// <exception cref="FormatException">One line that says what is wrong.</exception>
    public static Fault Parse(IReadOnlyList<string> words, ICluster cluster) => words switch
    {
        ["kill", var node] => new KillNode(NodeOf(node, cluster)),
        ["pause", var node] => new PauseNode(NodeOf(node, cluster)),
        ["stop", var node] => new StopNode(NodeOf(node, cluster)),
        ["disable", var node] => new DisableNode(NodeOf(node, cluster)),
        ["ban", var node] => new BanNode(NodeOf(node, cluster)),
        ["stop-witness", var node] => new StopWitness(NodeOf(node, cluster)),
        ["fail-enumeration", var node] => new FailEnumeration(NodeOf(node, cluster)),
        ["move-address", var address, var node] =>
            new MoveAddress(AddressOf(address, cluster), NodeOf(node, cluster)),
        ["move-share", var share, var node] => new MoveShare(ShareOf(share, cluster), NodeOf(node, cluster)),
        ["tell-share-move", var client, var share, var node] =>
            new TellShareMove(client, ShareOf(share, cluster), NodeOf(node, cluster)),
        ["move-client", var client, var destination] => new MoveClient(client, destination),
        ["change-resource", var address, "available" or "AVAILABLE"] =>
            new ChangeResource(AddressOf(address, cluster), InterfaceState.AVAILABLE),
        ["change-resource", var address, "unavailable" or "UNAVAILABLE"] =>
            new ChangeResource(AddressOf(address, cluster), InterfaceState.UNAVAILABLE),
        ["change-address", var client, var address, "on" or "off" or "online" or "offline"] =>
            new ChangeAddress(client == "-" ? null : client, address, words[3] is "on" or "online"),
        ["partition", var from, var to] => new Partition(NodeOf(from, cluster), NodeOf(to, cluster)),
        ["partition", var from, var to, "both" or "from-to" or "to-from"] => new Partition(
            NodeOf(from, cluster), NodeOf(to, cluster),
            words[3] == "both" ? Direction.Both : words[3] == "from-to" ? Direction.FromTo : Direction.ToFrom),
        ["force-response", var client, var stub] => new ForceResponse(client, ResponseOf(stub)),
        ["force-unregister", var client] => new ForceUnregister(client),
        ["stall-lock"] => new StallRecoveryLock(),
        ["lose-lock"] => new LoseRecoveryLock(),
        [var kind, var node, "public" or "private", ..] when kind.EndsWith("-link", StringComparison.Ordinal)
            && LinkFaultOf(
                kind, NodeOf(node, cluster), words[2] == "public" ? NodeLink.Public : NodeLink.Private,
                [.. words.Skip(3).Select(NumberOf)]) is { } fault => fault,
        _ => throw new FormatException($"no such fault: {string.Join(' ', words)}\n{Help}"),
    };

    private static LinkFault? LinkFaultOf(string kind, Harness.Clusters.Node node, NodeLink link, double[] numbers) =>
        (kind, numbers) switch
        {
            ("slow-link", [var delay]) => new SlowLink(node, Milliseconds(delay), link),
            ("slow-link", [var delay, >= 1 and var rate]) =>
                new SlowLink(node, Milliseconds(delay), link) { Rate = (long)rate },
            ("lossy-link", [<= 1 and var loss]) => new LossyLink(node, loss, link),
            ("duplicating-link", [<= 1 and var part]) => new DuplicatingLink(node, part, link),
            ("reordering-link", [<= 1 and var part, var late]) =>
                new ReorderingLink(node, part, Milliseconds(late), link),
            ("flapping-link", [var down, var up]) =>
                new FlappingLink(node, Milliseconds(down), Milliseconds(up), link),
            _ => null,
        };

    private static TimeSpan Milliseconds(double number) => TimeSpan.FromMilliseconds(number);

    /// <summary>Three years of milliseconds, or ten times ten gigabit: more is a slip.</summary>
    private static double NumberOf(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number <= 1e11
            ? number
            : throw new FormatException($"{text} is no number");

    private static AsyncNotifyResponse ResponseOf(string stub)
    {
        try
        {
            var result = WitnessCodec.DecodeAsyncNotifyResult(Convert.FromBase64String(stub), NdrSyntax.Ndr20);
            return result.Response ?? throw new FormatException("the stub holds no response");
        }
        catch (ProtocolException malformed)
        {
            throw new FormatException($"no stub of a response: {malformed.Message}", malformed);
        }
    }

    private static Harness.Clusters.Node NodeOf(string name, ICluster cluster) =>
        cluster.Nodes.FirstOrDefault(node => node.Name == name)
        ?? throw new FormatException($"no node {name}: there are {string.Join(", ", cluster.Nodes)}");

    private static PublicAddress AddressOf(string text, ICluster cluster) =>
        cluster.PublicAddresses.FirstOrDefault(address =>
            IPAddress.TryParse(text, out var parsed) && parsed.Equals(address.Address))
        ?? throw new FormatException(
            $"no public address {text}: there are {string.Join(", ", cluster.PublicAddresses)}");

    private static Share ShareOf(string name, ICluster cluster) =>
        cluster.Shares.FirstOrDefault(share => share.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new FormatException($"no share {name}: there are {string.Join(", ", cluster.Shares)}");
}
