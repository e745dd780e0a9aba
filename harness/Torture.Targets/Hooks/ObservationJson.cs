using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>
/// An observation as the hook <c>observe</c> prints it and <c>torture cluster status --json</c> does; the schema is in
/// docs/targets-and-hooks.md.
/// </summary>
public static class ObservationJson
{
    private static readonly string[] OfNode =
    [
        "name", "reachable", "state", "process", "leader", "generation", "witness", "owned", "links", "events",
        "registrations",
    ];

    private static readonly string[] OfEvent = ["number", "kind", "subject"];

    private static readonly string[] OfRegistration =
        ["id", "client", "netName", "share", "address", "pending", "local", "remote"];

    /// <param name="nodes">Of the cluster: what the text does not name is not reachable.</param>
    /// <exception cref="FormatException">It is not as documented: what, where, and what was expected.</exception>
    public static ClusterObservation Read(
        string text, IReadOnlyList<Node> nodes, IReadOnlyList<PublicAddress> addresses, DateTimeOffset at)
    {
        using var json = Parse(text);
        var root = new Reader(json.RootElement, "", ["nodes", "shares"]);
        var seen = root.List("nodes").Select(entry => NodeOf(entry, nodes, addresses)).ToList();
        if (seen.GroupBy(one => one.Node.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new FormatException($"node {twice.Key} is told twice");
        }

        return new ClusterObservation(at, [.. nodes.Select(node =>
            seen.FirstOrDefault(one => one.Node == node)
            ?? new NodeObservation(node, Reachable: false, NodeState.Unknown, Witness: false))])
        {
            ShareOwners = root.Pairs("shares"),
        };
    }

    /// <summary>Whether the text tells of registrations, or of events, at all.</summary>
    /// <param name="member">Of a node: <c>registrations</c>, <c>events</c>.</param>
    public static bool Tells(string text, string member)
    {
        using var json = Parse(text);
        return json.RootElement.TryGetProperty("nodes", out var nodes) && nodes.ValueKind == JsonValueKind.Array
            && nodes.EnumerateArray().Any(
                node => node.ValueKind == JsonValueKind.Object && node.TryGetProperty(member, out _));
    }

    public static string Write(ClusterObservation seen) => new JsonObject
    {
        ["nodes"] = new JsonArray([.. seen.Nodes.Select(Write)]),
        ["shares"] = new JsonObject(seen.ShareOwners.Select(
            share => KeyValuePair.Create<string, JsonNode?>(share.Key, share.Value))),
    }.ToJsonString();

    private static JsonObject Write(NodeObservation node) => new()
    {
        ["name"] = node.Node.Name,
        ["reachable"] = node.Reachable,
        ["state"] = node.State.ToString().ToLowerInvariant(),
        ["process"] = node.Process.ToString().ToLowerInvariant(),
        ["leader"] = node.Leader,
        ["generation"] = node.Generation,
        ["witness"] = node.Witness,
        ["owned"] = Texts(node.Owned.Select(address => address.ToString())),
        ["links"] = Texts(node.Links),
        ["events"] = node.Events is null ? null : new JsonArray([.. node.Events.Select(done => new JsonObject
        {
            ["number"] = done.Number,
            ["kind"] = HookVerb.All.First(verb => verb.Capability == done.Kind).Name,
            ["subject"] = done.Subject,
        })]),
        ["registrations"] = new JsonArray([.. node.Registrations.Select(known => new JsonObject
        {
            ["id"] = known.Id,
            ["client"] = known.ClientName,
            ["netName"] = known.NetName,
            ["share"] = known.ShareName,
            ["address"] = known.IpAddress,
            ["pending"] = known.Pending,
            ["local"] = known.Local?.ToString(),
            ["remote"] = known.Remote?.ToString(),
        })]),
    };

    private static JsonArray Texts(IEnumerable<string> texts) =>
        new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException broken)
        {
            var begins = text.Trim() is { Length: > 0 } said ? $"'{said[..Math.Min(said.Length, 60)]}'" : "nothing";
            throw new FormatException(
                $"printed {begins}, which is no JSON: line {broken.LineNumber + 1}, byte {broken.BytePositionInLine}",
                broken);
        }
    }

    private static NodeObservation NodeOf(
        (JsonElement Element, string Path) entry, IReadOnlyList<Node> nodes, IReadOnlyList<PublicAddress> addresses)
    {
        var reader = new Reader(entry.Element, entry.Path, OfNode);
        var name = reader.Text("name") ?? throw new FormatException($"{entry.Path}.name: missing");
        var node = nodes.FirstOrDefault(known => known.Name == name)
            ?? throw new FormatException(
                $"{entry.Path}.name: no node '{name}' in the target file: expected {Or(nodes)}");
        var reachable = reader.Truth("reachable") ?? true;
        return new NodeObservation(
            node, reachable, reader.Word("state", reachable ? NodeState.Ok : NodeState.Unknown),
            reader.Word("process", ProcessState.Unknown), reader.Number("generation") ?? 0, reader.Text("leader"),
            reader.Truth("witness") ?? reachable)
        {
            Owned = [.. reader.Texts("owned").Select(owned => Owned(owned.Text, owned.Path, addresses))],
            Links = [.. reader.Texts("links").Select(link => link.Text).Order(StringComparer.Ordinal)],
            Events = reader.Has("events") ? [.. reader.List("events").Select(EventOf)] : null,
            Registrations = [.. reader.List("registrations").Select(Registration)],
        };
    }

    private static ObservedEvent EventOf((JsonElement Element, string Path) entry)
    {
        var reader = new Reader(entry.Element, entry.Path, OfEvent);
        var kind = reader.Text("kind") ?? "";
        var verb = HookVerb.Find(kind)
            ?? throw new FormatException(
                $"{entry.Path}.kind: expected {Or(HookVerb.All.Select(one => one.Name))}, found '{kind}'");
        return new ObservedEvent(reader.Number("number") ?? 0, verb.Capability, reader.Text("subject"));
    }

    private static PublicAddress Owned(string text, string path, IReadOnlyList<PublicAddress> addresses) =>
        IPAddress.TryParse(text, out var address)
        && addresses.FirstOrDefault(known => known.Address.Equals(address)) is { } found
            ? found
            : throw new FormatException(
                $"{path}: '{text}' is no public address of the target file: expected {Or(addresses)}");

    private static string Or(IEnumerable<object> known) => Section.Or([.. known.Select(one => one.ToString()!)]);

    private static ObservedRegistration Registration((JsonElement Element, string Path) entry)
    {
        var reader = new Reader(entry.Element, entry.Path, OfRegistration);
        return new ObservedRegistration(
            reader.Text("id") ?? "", reader.Text("client") ?? "", reader.Text("netName") ?? "", reader.Text("share"),
            reader.Text("address"), reader.Truth("pending"), reader.Endpoint("local"),
            reader.Endpoint("remote"));
    }

    /// <summary>An object whose members are known.</summary>
    private sealed class Reader
    {
        private readonly JsonElement _element;
        private readonly string _path;

        public Reader(JsonElement element, string path, string[] known)
        {
            (_element, _path) = (element, path);
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException($"{Named(path)}: expected an object, found {element.ValueKind}");
            }

            if (element.EnumerateObject().FirstOrDefault(member => !known.Contains(member.Name)) is
                { Value.ValueKind: not JsonValueKind.Undefined } unknown)
            {
                throw new FormatException($"{At(unknown.Name)}: unknown: expected {Section.Or(known)}");
            }
        }

        public bool Has(string name) => Find(name) is not null;

        public string? Text(string name) => Find(name) is not { } value ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : throw Wrong(name, "text", value);

        public bool? Truth(string name) => Find(name) is not { } value ? null
            : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
            : throw Wrong(name, "true or false", value);

        public long? Number(string name) => Find(name) is not { } value ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number
            : throw Wrong(name, "a number", value);

        public IPEndPoint? Endpoint(string name) => Text(name) is not { } text ? null
            : IPEndPoint.TryParse(text, out var endpoint) ? endpoint
            : throw Wrong(name, "address:port", Find(name)!.Value);

        public T Word<T>(string name, T otherwise) where T : struct, Enum => Text(name) is not { } text ? otherwise
            : Enum.TryParse<T>(text, ignoreCase: true, out var word) && !char.IsAsciiDigit(text[0]) ? word
            : throw Wrong(
                name, Section.Or([.. Enum.GetNames<T>().Select(one => one.ToLowerInvariant())]), Find(name)!.Value);

        public IEnumerable<(JsonElement Element, string Path)> List(string name) => Find(name) is not { } value ? []
            : value.ValueKind == JsonValueKind.Array
                ? value.EnumerateArray().Select((item, index) => (item, $"{At(name)}[{index}]"))
                : throw Wrong(name, "a list", value);

        public IEnumerable<(string Text, string Path)> Texts(string name) => List(name).Select(item =>
            item.Element.ValueKind == JsonValueKind.String
                ? (item.Element.GetString()!, item.Path)
                : throw new FormatException($"{item.Path}: expected text, found {item.Element.ValueKind}"));

        public IReadOnlyDictionary<string, string> Pairs(string name) => Find(name) is not { } value
            ? new Dictionary<string, string>()
            : value.ValueKind == JsonValueKind.Object
                ? value.EnumerateObject().Where(pair => pair.Value.ValueKind == JsonValueKind.String)
                    .ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!)
                : throw Wrong(name, "an object of shares and their owners", value);

        private JsonElement? Find(string name) =>
            _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        private FormatException Wrong(string name, string expected, JsonElement found)
        {
            var text = found.GetRawText();
            return new FormatException($"{At(name)}: expected {expected}, found {text[..Math.Min(text.Length, 60)]}");
        }

        private string At(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

        private static string Named(string path) => path.Length == 0 ? "the whole" : path;
    }
}
