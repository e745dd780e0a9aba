using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Torture.Cli.Bench;

/// <summary>What a bench measured: a line each as they come, or all of them as JSON at the end.</summary>
internal sealed partial class Figures(string bench, TextWriter output, bool asJson)
{
    private readonly List<Figure> _all = [];

    public IReadOnlyList<Figure> All => _all;

    public void Add(string name, double value, string unit, Goal? goal = null)
    {
        var figure = new Figure(bench, name, value, unit, goal?.ToString(), goal?.IsMetBy(value));
        _all.Add(figure);
        if (!asJson)
        {
            output.WriteLine(string.Join('\t', Columns(figure)));
        }
    }

    /// <summary>Writes what waits for the end.</summary>
    public void End()
    {
        if (asJson)
        {
            output.WriteLine(JsonSerializer.Serialize([.. _all], FigureJson.Default.FigureArray));
        }
    }

    /// <summary>Four significant digits, none after the point of a whole number, and never an exponent.</summary>
    public static string Text(double value)
    {
        if (value == Math.Truncate(value))
        {
            return value.ToString("F0", CultureInfo.InvariantCulture);
        }

        var digits = (int)Math.Floor(Math.Log10(Math.Abs(value))) + 1;
        return value.ToString($"F{Math.Clamp(4 - digits, 0, 6)}", CultureInfo.InvariantCulture);
    }

    private static string[] Columns(Figure figure)
    {
        string[] measured = [figure.Bench, figure.Name, Text(figure.Value), figure.Unit];
        return figure.Met is { } met ? [.. measured, figure.Goal!, met ? "met" : "missed"] : measured;
    }

    internal sealed record Figure(string Bench, string Name, double Value, string Unit, string? Goal, bool? Met);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
    [JsonSerializable(typeof(Figure[]))]
    private sealed partial class FigureJson : JsonSerializerContext;
}

/// <summary>What a figure shall be.</summary>
internal readonly record struct Goal(bool IsLeast, double Limit)
{
    public static Goal AtLeast(double limit) => new(true, limit);

    public static Goal AtMost(double limit) => new(false, limit);

    public bool IsMetBy(double value) => IsLeast ? value >= Limit : value <= Limit;

    public override string ToString() => (IsLeast ? ">= " : "<= ") + Figures.Text(Limit);
}
