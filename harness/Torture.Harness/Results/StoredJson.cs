using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Torture.Harness.Results;

/// <summary>
/// How files of a run are read, which may come from anywhere: what cannot be null in the code can be neither null nor
/// missing in the file, times are such that one can reckon with them, and no file is larger than a run makes it.
/// </summary>
internal static class StoredJson
{
    private const long MaximumFile = 256 << 20;

    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(3650);
    private static readonly DateTimeOffset FirstDate = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LastDate = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static JsonSerializerOptions MakeStrict(this JsonSerializerOptions options)
    {
        options.RespectNullableAnnotations = true;
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireWhatCannotBeNull } };
        options.Converters.Add(new TimeConverter());
        options.Converters.Add(new DateConverter());
        return options;
    }

    /// <exception cref="InvalidDataException">It is larger than a run makes it.</exception>
    public static void RefuseHuge(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > MaximumFile)
        {
            throw new InvalidDataException($"{path} has {length} bytes, more than a run leaves");
        }
    }

    private static void RequireWhatCannotBeNull(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AssociatedParameter is { IsNullable: false, HasDefaultValue: false } parameter
                && !parameter.ParameterType.IsValueType)
            {
                property.IsRequired = true;
            }
        }
    }

    private sealed class TimeConverter : JsonConverter<TimeSpan>
    {
        private const string Constant = "c";

        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TimeSpan.TryParseExact(reader.GetString(), Constant, CultureInfo.InvariantCulture, out var time)
            && time.Duration() <= LongestTime
                ? time
                : throw new JsonException("This is no time that a run can take.");

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(Constant, CultureInfo.InvariantCulture));
    }

    private sealed class DateConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TryGetDateTimeOffset(out var date) && date > FirstDate && date < LastDate
                ? date
                : throw new JsonException("This is no date of a run.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);
    }
}
