using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// Nearly every line between nodes is a heartbeat, and a cluster in simulated time says little else: those are read and
/// written here, member by member, as strictly as the serializer does what is rare.
/// </summary>
internal sealed class LinkMessageConverter : JsonConverter<LinkMessage>
{
    private static readonly JsonEncodedText Hello = JsonEncodedText.Encode("hello");
    private static readonly JsonEncodedText Beat = JsonEncodedText.Encode("beat");
    private static readonly JsonEncodedText Hold = JsonEncodedText.Encode("hold");
    private static readonly JsonEncodedText Table = JsonEncodedText.Encode("table");
    private static readonly JsonEncodedText Request = JsonEncodedText.Encode("request");
    private static readonly JsonEncodedText Response = JsonEncodedText.Encode("response");
    private static readonly JsonEncodedText Connections = JsonEncodedText.Encode("connections");
    private static readonly JsonEncodedText MissedConnections = JsonEncodedText.Encode("missedConnections");

    /// <summary>A table goes to every peer.</summary>
    private static readonly ConditionalWeakTable<ClusterTable, byte[]> Tables = [];

    public override LinkMessage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        var types = ControlJson.Default;
        var message = new LinkMessage();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(Beat.EncodedUtf8Bytes))
            {
                reader.Read();
                message = message with { Beat = HeartbeatLine.Read(ref reader) };
                continue;
            }

            var member = reader.GetString();
            reader.Read();
            message = member switch
            {
                "hello" => message with { Hello = JsonSerializer.Deserialize(ref reader, types.LinkHello) },
                "hold" => message with { Hold = JsonSerializer.Deserialize(ref reader, types.HoldCommand) },
                "table" => message with { Table = JsonSerializer.Deserialize(ref reader, types.ClusterTable) },
                "request" => message with { Request = JsonSerializer.Deserialize(ref reader, types.RoutedRequest) },
                "response" => message with { Response = JsonSerializer.Deserialize(ref reader, types.RoutedResponse) },
                "connections" => message with
                {
                    Connections = JsonSerializer.Deserialize(ref reader, types.ConnectionLine),
                },
                "missedConnections" => message with
                {
                    MissedConnections = reader.TokenType == JsonTokenType.Null ? null : HeartbeatLine.Flag(ref reader),
                },
                _ => throw new JsonException($"A line between nodes has no member '{member}'."),
            };
        }

        Expect(ref reader, JsonTokenType.EndObject);
        return message;
    }

    public override void Write(Utf8JsonWriter writer, LinkMessage value, JsonSerializerOptions options)
    {
        var types = ControlJson.Default;
        writer.WriteStartObject();
        if (value.Hello is not null)
        {
            writer.WritePropertyName(Hello);
            JsonSerializer.Serialize(writer, value.Hello, types.LinkHello);
        }

        if (value.Beat is not null)
        {
            writer.WritePropertyName(Beat);
            HeartbeatLine.Write(writer, value.Beat);
        }

        if (value.Hold is not null)
        {
            writer.WritePropertyName(Hold);
            JsonSerializer.Serialize(writer, value.Hold, types.HoldCommand);
        }

        if (value.Table is not null)
        {
            writer.WritePropertyName(Table);
            writer.WriteRawValue(
                Tables.GetValue(value.Table, table => JsonSerializer.SerializeToUtf8Bytes(table, types.ClusterTable)),
                skipInputValidation: true);
        }

        if (value.Request is not null)
        {
            writer.WritePropertyName(Request);
            JsonSerializer.Serialize(writer, value.Request, types.RoutedRequest);
        }

        if (value.Response is not null)
        {
            writer.WritePropertyName(Response);
            JsonSerializer.Serialize(writer, value.Response, types.RoutedResponse);
        }

        if (value.Connections is not null)
        {
            writer.WritePropertyName(Connections);
            JsonSerializer.Serialize(writer, value.Connections, types.ConnectionLine);
        }

        if (value.MissedConnections is { } missed)
        {
            writer.WriteBoolean(MissedConnections, missed);
        }

        writer.WriteEndObject();
    }

    internal static void Expect(ref Utf8JsonReader reader, JsonTokenType kind)
    {
        if (reader.TokenType != kind)
        {
            throw new JsonException($"There is {reader.TokenType} where {kind} has to be.");
        }
    }
}

/// <summary>A heartbeat as JSON: each member is there, and nothing else.</summary>
internal static class HeartbeatLine
{
    private const int Members = 12;

    private static readonly JsonEncodedText[] Names =
    [
        .. new[]
        {
            "number", "echo", "state", "term", "leading", "epoch", "command", "news", "held", "wanted", "tableTerm",
            "tableVersion",
        }.Select(name => JsonEncodedText.Encode(name)),
    ];

    private static readonly MemberState[] States = Enum.GetValues<MemberState>();

    private static readonly JsonEncodedText[] StateNames =
        [.. States.Select(state => JsonEncodedText.Encode($"{state}"))];

    /// <returns>Null where there is a null.</returns>
    public static Heartbeat? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        LinkMessageConverter.Expect(ref reader, JsonTokenType.StartObject);
        Span<long> numbers = stackalloc long[Members];
        numbers.Clear();
        var (state, leading, seen) = (default(MemberState), false, 0);
        IReadOnlyList<IPAddress> held = [], wanted = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = MemberAt(ref reader, seen);
            seen |= 1 << member;
            reader.Read();
            switch (member)
            {
                case 2:
                    state = StateAt(ref reader);
                    break;
                case 4:
                    leading = Flag(ref reader);
                    break;
                case 8:
                    held = Addresses(ref reader);
                    break;
                case 9:
                    wanted = Addresses(ref reader);
                    break;
                default:
                    numbers[member] = Number(ref reader);
                    break;
            }
        }

        LinkMessageConverter.Expect(ref reader, JsonTokenType.EndObject);
        return seen == (1 << Members) - 1
            ? new Heartbeat(
                numbers[0], numbers[1], state, numbers[3], leading, numbers[5], numbers[6], numbers[7], held, wanted,
                numbers[10], numbers[11])
            : throw new JsonException("A heartbeat lacks a member.");
    }

    public static void Write(Utf8JsonWriter writer, Heartbeat beat)
    {
        writer.WriteStartObject();
        writer.WriteNumber(Names[0], beat.Number);
        writer.WriteNumber(Names[1], beat.Echo);
        writer.WriteString(Names[2], StateNames[Array.IndexOf(States, beat.State)]);
        writer.WriteNumber(Names[3], beat.Term);
        writer.WriteBoolean(Names[4], beat.Leading);
        writer.WriteNumber(Names[5], beat.Epoch);
        writer.WriteNumber(Names[6], beat.Command);
        writer.WriteNumber(Names[7], beat.News);
        Write(writer, Names[8], beat.Held);
        Write(writer, Names[9], beat.Wanted);
        writer.WriteNumber(Names[10], beat.TableTerm);
        writer.WriteNumber(Names[11], beat.TableVersion);
        writer.WriteEndObject();
    }

    public static bool Flag(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new JsonException("This is neither true nor false."),
    };

    private static void Write(Utf8JsonWriter writer, JsonEncodedText name, IReadOnlyList<IPAddress> addresses)
    {
        writer.WriteStartArray(name);
        foreach (var address in addresses)
        {
            writer.WriteStringValue(address.ToString());
        }

        writer.WriteEndArray();
    }

    /// <summary>They come in their order, unless somebody else wrote them.</summary>
    private static int MemberAt(ref Utf8JsonReader reader, int seen)
    {
        var next = int.TrailingZeroCount(~seen);
        if (next < Members && reader.ValueTextEquals(Names[next].EncodedUtf8Bytes))
        {
            return next;
        }

        for (var member = 0; member < Members; member++)
        {
            if (reader.ValueTextEquals(Names[member].EncodedUtf8Bytes))
            {
                return member;
            }
        }

        throw new JsonException($"A heartbeat has no member '{reader.GetString()}'.");
    }

    private static long Number(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number)
            ? number
            : throw new JsonException("This is no whole number.");

    private static MemberState StateAt(ref Utf8JsonReader reader)
    {
        LinkMessageConverter.Expect(ref reader, JsonTokenType.String);
        for (var state = 0; state < States.Length; state++)
        {
            if (reader.ValueTextEquals(StateNames[state].EncodedUtf8Bytes))
            {
                return States[state];
            }
        }

        throw new JsonException($"No node is '{reader.GetString()}'.");
    }

    private static List<IPAddress> Addresses(ref Utf8JsonReader reader)
    {
        LinkMessageConverter.Expect(ref reader, JsonTokenType.StartArray);
        var addresses = new List<IPAddress>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            addresses.Add(AddressConverter.Read(ref reader));
        }

        return addresses;
    }
}
