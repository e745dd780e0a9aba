using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Torture.Harness.Faults;
using Torture.Harness.Results;
using Torture.Harness.Witness;
using Torture.Protocol.Witness;

namespace Torture.Harness.Histories;

/// <summary>How events are written as JSON: records by their fields, with their kind in front.</summary>
internal static class HistoryJson
{
    private static readonly Type[] Requests =
        [typeof(RegisterRequest), typeof(RegisterExRequest), typeof(HandleRequest)];

    public static readonly JsonSerializerOptions Options = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            IgnoreReadOnlyProperties = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new JsonStringEnumConverter());
        options.Converters.Add(new AddressConverter());
        options.Converters.Add(new EndpointConverter());
        options.Converters.Add(new BytesConverter());
        options.Converters.Add(new KindConverter<HistoryEvent>(Derived(typeof(HistoryEvent))));
        options.Converters.Add(new KindConverter<Fault>(Derived(typeof(Fault))));
        options.Converters.Add(new KindConverter<Reply>(Derived(typeof(Reply))));
        options.Converters.Add(new KindConverter<object>(Requests));
        return options.MakeStrict();
    }

    private static Type[] Derived(Type root) =>
        [.. root.Assembly.GetTypes().Where(type => type.IsSubclassOf(root) && !type.IsAbstract)];

    /// <summary>Writes a record with its type's name, reads it by that name.</summary>
    private sealed class KindConverter<T>(IReadOnlyList<Type> kinds) : JsonConverter<T>
        where T : class
    {
        private const string Kind = "kind";

        public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(T);

        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var node = JsonNode.Parse(ref reader) as JsonObject ?? throw new JsonException("an object is wanted");
            var name = (string?)node[Kind];
            var type = kinds.FirstOrDefault(kind => kind.Name == name) ?? throw new JsonException($"no kind '{name}'");
            node.Remove(Kind);
            return (T?)node.Deserialize(type, options);
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString(Kind, value.GetType().Name);
            using var fields = JsonSerializer.SerializeToDocument(value, value.GetType(), options);
            foreach (var field in fields.RootElement.EnumerateObject())
            {
                field.WriteTo(writer);
            }

            writer.WriteEndObject();
        }
    }

    private sealed class AddressConverter : JsonConverter<IPAddress>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(IPAddress));

        public override IPAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            IPAddress.TryParse(reader.GetString(), out var address) ? address : throw new JsonException("no address");

        public override void Write(Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    private sealed class EndpointConverter : JsonConverter<IPEndPoint>
    {
        public override IPEndPoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            IPEndPoint.TryParse(reader.GetString()!, out var endpoint)
                ? endpoint
                : throw new JsonException("no endpoint");

        public override void Write(Utf8JsonWriter writer, IPEndPoint value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    /// <summary>A NULL buffer is not an empty one.</summary>
    private sealed class BytesConverter : JsonConverter<ImmutableArray<byte>>
    {
        private const string NullPointer = "NULL";

        public override ImmutableArray<byte> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text && text != NullPointer ? [.. Convert.FromHexString(text)] : default;

        public override void Write(
            Utf8JsonWriter writer, ImmutableArray<byte> value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.IsDefault ? NullPointer : Convert.ToHexString(value.AsSpan()));
    }
}
