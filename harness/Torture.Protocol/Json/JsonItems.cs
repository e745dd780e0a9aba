using System.Text.Json;

namespace Torture.Protocol.Json;

/// <summary>
/// What the serializer's own checks leave out: the items of arrays. A null among them would be found much later, by
/// whoever looks at the item.
/// </summary>
public static class JsonItems
{
    /// <param name="text">UTF-8; one JSON value.</param>
    /// <param name="options">As the serializer has them.</param>
    /// <exception cref="JsonException">An array has a null in it.</exception>
    public static void RefuseNulls(ReadOnlySpan<byte> text, JsonSerializerOptions options)
    {
        if (text.IndexOf("null"u8) < 0)
        {
            // As nearly always: whether it is JSON the serializer says.
            return;
        }

        var reader = new Utf8JsonReader(text, new JsonReaderOptions
        {
            AllowTrailingCommas = options.AllowTrailingCommas,
            CommentHandling = options.ReadCommentHandling,
            MaxDepth = options.MaxDepth,
        });
        var arrays = new Stack<bool>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray or JsonTokenType.StartObject:
                    arrays.Push(reader.TokenType == JsonTokenType.StartArray);
                    break;
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    arrays.Pop();
                    break;
                case JsonTokenType.Null when arrays.TryPeek(out var isArray) && isArray:
                    throw new JsonException($"An item of an array is null, at byte {reader.TokenStartIndex}.");
            }
        }
    }
}
