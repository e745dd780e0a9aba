using Torture.Harness.Reports.Html;

namespace Torture.Harness.Reports.Drawing;

/// <summary>One row of a distribution plot.</summary>
/// <param name="Of">How many there should be, where that is known: samples may be missing.</param>
internal sealed record DistributionRow(string Name, IReadOnlyList<TimeSpan> Samples, int? Of = null)
{
    public bool IsWhole => Of is null || Of == Samples.Count;

    public TimeSpan Min => Samples.Min();

    public TimeSpan Max => Samples.Max();

    public TimeSpan Median => Quantile(0.5);

    public TimeSpan P95 => Quantile(0.95);

    /// <summary>Nearest rank: always a value that was measured.</summary>
    public TimeSpan Quantile(double share)
    {
        var sorted = Samples.Order().ToList();

        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}

/// <summary>Draws a row for each kind of fault: points, a box from min to p95, a line at the median.</summary>
internal static class DistributionSvg
{
    private const int Width = 1000;
    private const int LabelWidth = 132;
    private const int FigureWidth = 320;
    private const int RowHeight = 44;
    private const int Top = 26;

    /// <summary>Rows so far apart would be dots on a linear axis.</summary>
    private const int Far = 20;

    public static Markup Draw(string title, IReadOnlyList<DistributionRow> rows, TimeSpan? limit)
    {
        var longest = rows.Max(row => row.Max);
        var end = limit is { } gate && gate > longest && gate < longest * 4 ? gate : longest;
        var axis = AxisOf(rows.Min(row => row.Min), end);
        var bottom = Top + (rows.Count * RowHeight);
        var svg = new HtmlWriter();

        svg.Line($"<svg class=\"distribution\" viewBox=\"0 0 {Width} {bottom + 24}\" role=\"img\">");
        svg.Line($"<title>{title}</title>");
        DrawGrid(svg, axis, bottom);

        foreach (var (index, row) in rows.Index())
        {
            DrawRow(svg, row, axis, Top + (index * RowHeight));
        }

        DrawLimit(svg, limit, end, axis, bottom);
        svg.Line($"</svg>");

        return new Markup(svg.ToString());
    }

    private static Axis AxisOf(TimeSpan shortest, TimeSpan end) =>
        shortest > TimeSpan.Zero && end / shortest >= Far
            ? new Axis(shortest / 1.3, end * 1.3, LabelWidth, Width - FigureWidth, isLogarithmic: true)
            : new Axis(TimeSpan.Zero, end * 1.04, LabelWidth, Width - FigureWidth);

    private static void DrawGrid(HtmlWriter svg, Axis axis, int bottom)
    {
        foreach (var tick in axis.Ticks())
        {
            var x = axis.At(tick);
            svg.Line($"<line class=\"grid\" x1=\"{x:0.##}\" y1=\"{Top}\" x2=\"{x:0.##}\" y2=\"{bottom}\"/>");
            svg.Line($"<text class=\"tick\" x=\"{x:0.##}\" y=\"{bottom + 16}\">{Axis.Label(tick)}</text>");
        }

        foreach (var (column, name) in new[] { "n", "min", "median", "p95", "max" }.Index())
        {
            svg.Line($"<text class=\"head\" x=\"{Figure(column)}\" y=\"14\">{name}</text>");
        }
    }

    private static void DrawRow(HtmlWriter svg, DistributionRow row, Axis axis, int y)
    {
        var middle = y + (RowHeight / 2);
        var (min, median, p95, max) = (axis.At(row.Min), axis.At(row.Median), axis.At(row.P95), axis.At(row.Max));

        svg.Line($"<line class=\"lane\" x1=\"0\" y1=\"{y}\" x2=\"{Width}\" y2=\"{y}\"/>");
        svg.Line($"<text class=\"name\" x=\"{LabelWidth - 10}\" y=\"{middle + 4}\">{row.Name}</text>");
        svg.Line($"<line class=\"whisker\" x1=\"{min:0.##}\" y1=\"{middle}\" x2=\"{max:0.##}\" y2=\"{middle}\"/>");
        svg.Line($"<rect class=\"box\" x=\"{min:0.##}\" y=\"{middle - 9}\" rx=\"3\"");
        svg.Line($"width=\"{Math.Max(p95 - min, 1):0.##}\" height=\"18\"/>");

        foreach (var (index, sample) in row.Samples.Index())
        {
            svg.Line($"<circle class=\"sample\" cx=\"{axis.At(sample):0.##}\" cy=\"{middle - 5 + (index * 7 % 11)}\"");
            svg.Line($"r=\"3\"><title>{Axis.Figure(sample)}</title></circle>");
        }

        svg.Line($"<line class=\"median\" x1=\"{median:0.##}\" x2=\"{median:0.##}\"");
        svg.Line($"y1=\"{middle - 13}\" y2=\"{middle + 13}\"/>");

        var count = row.IsWhole ? Number(row.Samples.Count) : $"{row.Samples.Count} of {row.Of}";
        svg.Line($"<text class=\"figure{(row.IsWhole ? "" : " lacking")}\" x=\"{Figure(0)}\" y=\"{middle + 4}\">");
        svg.Line($"{count}</text>");
        foreach (var (column, time) in new[] { row.Min, row.Median, row.P95, row.Max }.Index())
        {
            svg.Line($"<text class=\"figure\" x=\"{Figure(column + 1)}\" y=\"{middle + 4}\">");
            svg.Line($"{Axis.Figure(time)}</text>");
        }
    }

    private static void DrawLimit(HtmlWriter svg, TimeSpan? limit, TimeSpan end, Axis axis, int bottom)
    {
        if (limit is not { } gate || gate > end)
        {
            return;
        }

        var x = axis.At(gate);
        svg.Line($"<line class=\"limit\" x1=\"{x:0.##}\" y1=\"{Top - 6}\" x2=\"{x:0.##}\" y2=\"{bottom}\"/>");
        svg.Line($"<text class=\"limit\" x=\"{x - 4:0.##}\" y=\"{Top - 10}\">limit {Axis.Label(gate)}</text>");
    }

    private static int Figure(int column) => Width - FigureWidth + 70 + (column * 61);

    private static string Number(int count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
