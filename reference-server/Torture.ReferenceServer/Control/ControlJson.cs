using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Torture.ReferenceServer.Ctdbd;
using Torture.ReferenceServer.Failover;
using Torture.ReferenceServer.Takeover;

namespace Torture.ReferenceServer.Control;

/// <summary>How cluster files, control lines and the lines between nodes look.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    MaxDepth = 12,
    UseStringEnumConverter = true,
    Converters = [typeof(AddressConverter), typeof(EndPointConverter)])]
[JsonSerializable(typeof(ClusterConfiguration))]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlResponse))]
[JsonSerializable(typeof(LinkMessage))]
[JsonSerializable(typeof(LinkHello))]
[JsonSerializable(typeof(HoldCommand))]
[JsonSerializable(typeof(ClusterTable))]
[JsonSerializable(typeof(RoutedRequest))]
[JsonSerializable(typeof(RoutedResponse))]
[JsonSerializable(typeof(ConnectionLine))]
[JsonSerializable(typeof(PeerMessage))]
public sealed partial class ControlJson : JsonSerializerContext;

internal sealed class AddressConverter : JsonConverter<IPAddress>
{
    public override IPAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Read(ref reader);

    public static IPAddress Read(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && TryParse(ref reader, out var address)
            ? address
            : throw new JsonException("This is no IP address.");

    public override void Write(Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());

    /// <summary>Addresses are most of what nodes say to each other.</summary>
    private static bool TryParse(ref Utf8JsonReader reader, [NotNullWhen(true)] out IPAddress? address) =>
        reader is { HasValueSequence: false, ValueIsEscaped: false }
            ? IPAddress.TryParse(reader.ValueSpan, out address)
            : IPAddress.TryParse(reader.GetString(), out address);
}

internal sealed class EndPointConverter : JsonConverter<IPEndPoint>
{
    public override IPEndPoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && IPEndPoint.TryParse(reader.GetString() ?? "", out var endPoint)
            ? endPoint
            : throw new JsonException("This is no IP address with a port.");

    public override void Write(Utf8JsonWriter writer, IPEndPoint value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
