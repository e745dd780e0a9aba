using System.Collections.Immutable;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Torture.Protocol.Witness;

namespace Torture.Captures.Inspection;

/// <summary>Rows of a trace as JSON: kind and frame first, bytes as hex, addresses and times as text.</summary>
internal static class TraceJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new JsonStringEnumConverter(),
            new AsText<IPAddress>(a => a.ToString()),
            new AsText<IPEndPoint>(e => e.ToString()),
            new AsText<MacAddress>(m => m.ToString()),
            new AsText<ContextHandle>(h => h.ToString()),
            new AsText<ReadOnlyMemory<byte>>(b => Convert.ToHexStringLower(b.Span)),
            new AsText<ImmutableArray<byte>>(b => b.IsDefault ? "" : Convert.ToHexStringLower(b.AsSpan())),
        },
    };

    public static (long Frame, string Json) Of(string kind, FrameStamp at, object value)
    {
        var row = new JsonObject { ["kind"] = kind, ["frame"] = at.Frame, ["time"] = at.TimeNanoseconds };
        var node = JsonSerializer.SerializeToNode(value, value.GetType(), Options)!.AsObject();
        if (value is ObservedCall call)
        {
            node["operation"] = TraceText.Operation(call);
            node["summary"] = TraceText.Response(call.Response);
        }

        foreach (var (name, property) in node.ToList())
        {
            node.Remove(name);
            row.TryAdd(name, property);
        }

        return (at.Frame, row.ToJsonString(Options));
    }

    private sealed class AsText<T>(Func<T, string> text) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            throw new NotSupportedException("rows are only written");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(text(value));
    }
}
