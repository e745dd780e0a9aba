using Torture.Harness.Reports.Html;

namespace Torture.Harness.Reports.Drawing;

/// <summary>One bar of phases.</summary>
/// <param name="Ends">Where each phase ends, since the fault; any order, those before the fault are not drawn.</param>
/// <param name="Lack">In the place of a bar: why there is none.</param>
internal sealed record PhaseRow(string Name, IReadOnlyList<PhaseEnd> Ends, string? Lack = null)
{
    public IReadOnlyList<PhaseEnd> Drawn => [.. Ends.Where(end => end.At > TimeSpan.Zero).OrderBy(end => end.At)];

    public TimeSpan End => Drawn.Select(end => end.At).Append(TimeSpan.Zero).Max();
}

/// <param name="Name">T1 to T7.</param>
/// <param name="Event">Such as <c>told</c>.</param>
internal sealed record PhaseEnd(string Name, string Event, TimeSpan At);

/// <summary>
/// Draws a bar for each row, from the fault to its last milestone, in the phases that the milestones end. A bar too
/// short to be read is drawn a second time below, magnified.
/// </summary>
internal static class PhaseSvg
{
    private const int Width = 1000;
    private const int LabelWidth = 168;
    private const int FigureWidth = 84;
    private const int RowHeight = 50;
    private const int Top = 8;
    private const int BarHeight = 22;
    private const int LensHeight = 9;

    /// <summary>A shorter share of the axis cannot be read.</summary>
    private const double Readable = 0.12;

    public static Markup Draw(string title, IReadOnlyList<PhaseRow> rows)
    {
        var end = rows.Select(row => row.End).Append(TimeSpan.Zero).Max();
        var axis = new Axis(TimeSpan.Zero, end * 1.01, LabelWidth, Width - FigureWidth);
        var bottom = Top + (rows.Count * RowHeight);
        var svg = new HtmlWriter();

        svg.Line($"<svg class=\"phases\" viewBox=\"0 0 {Width} {bottom + 24}\" role=\"img\">");
        svg.Line($"<title>{title}</title>");
        DrawGrid(svg, end > TimeSpan.Zero ? axis.Ticks() : [], axis, bottom);
        foreach (var (index, row) in rows.Index())
        {
            DrawRow(svg, row, axis, end, Top + (index * RowHeight));
        }

        svg.Line($"</svg>");
        return new Markup(svg.ToString());
    }

    /// <summary>For a label that has room for so many letters; a path is known by its file.</summary>
    public static string Short(string name, int letters = 22)
    {
        var file = name.Contains('/') ? Path.GetFileName(name) : name;
        return file.Length <= letters ? file : file[..(letters - 1)] + "\u2026";
    }

    private static void DrawGrid(HtmlWriter svg, IEnumerable<TimeSpan> ticks, Axis axis, int bottom)
    {
        foreach (var tick in ticks)
        {
            var x = axis.At(tick);
            svg.Line($"<line class=\"grid\" x1=\"{x:0.##}\" y1=\"{Top}\" x2=\"{x:0.##}\" y2=\"{bottom}\"/>");
            svg.Line($"<text class=\"tick\" x=\"{x:0.##}\" y=\"{bottom + 16}\">{Axis.Label(tick)}</text>");
        }
    }

    private static void DrawRow(HtmlWriter svg, PhaseRow row, Axis axis, TimeSpan end, int y)
    {
        var text = y + (RowHeight / 2) + 4;
        svg.Line($"<line class=\"lane\" x1=\"0\" y1=\"{y}\" x2=\"{Width}\" y2=\"{y}\"/>");
        svg.Line($"<text class=\"name\" x=\"{LabelWidth - 10}\" y=\"{text}\">{Short(row.Name)}");
        svg.Line($"<title>{row.Name}</title></text>");
        if (row.End == TimeSpan.Zero)
        {
            svg.Line($"<text class=\"lack\" x=\"{LabelWidth + 6}\" y=\"{text}\">{Short(row.Lack ?? "", 120)}");
            svg.Line($"<title>{row.Lack}</title></text>");
            return;
        }

        svg.Line($"<text class=\"figure\" x=\"{Width - 6}\" y=\"{text}\">{row.Drawn[^1].Name}");
        svg.Line($"{Axis.Figure(row.End)}</text>");
        var lens = LensFor(row.End / end);
        var top = y + ((RowHeight - BarHeight - (lens > 1 ? LensHeight + 4 : 0)) / 2);
        DrawBar(svg, row, axis, 1, top, BarHeight);
        if (lens > 1)
        {
            DrawBar(svg, row, axis, lens, top + BarHeight + 4, LensHeight);
            var x = axis.At(row.End * lens) + 6;
            svg.Line($"<text class=\"lens\" x=\"{x:0.##}\" y=\"{top + BarHeight + 12}\">{lens} x as long</text>");
        }
    }

    /// <summary>A power of ten that makes the bar readable and leaves it on the axis; one where it is so.</summary>
    private static int LensFor(double share)
    {
        var lens = 1;
        while (share * lens < Readable && share * lens * 10 <= 0.9)
        {
            lens *= 10;
        }

        return lens;
    }

    private static void DrawBar(HtmlWriter svg, PhaseRow row, Axis axis, int lens, int y, int height)
    {
        var begin = TimeSpan.Zero;
        foreach (var phase in row.Drawn)
        {
            var (left, right) = (axis.At(begin * lens), axis.At(phase.At * lens));
            svg.Line($"<rect class=\"phase {phase.Name.ToLowerInvariant()}\" x=\"{left:0.##}\" y=\"{y}\"");
            svg.Line($"width=\"{Math.Max(right - left, 0.75):0.##}\" height=\"{height}\">");
            svg.Line($"<title>{phase.Name} {phase.Event} at {Axis.Figure(phase.At)}, a phase of");
            svg.Line($"{Axis.Figure(phase.At - begin)}</title></rect>");
            DrawName(svg, phase, left, right, y, height);
            begin = phase.At;
        }
    }

    private static void DrawName(HtmlWriter svg, PhaseEnd phase, double left, double right, int y, int height)
    {
        var full = $"{phase.Name} {phase.Event}";
        var label = right - left > 10 + (full.Length * 6.8) ? full
            : right - left > 22 ? phase.Name
            : "";
        if (label.Length > 0 && height == BarHeight)
        {
            svg.Line($"<text class=\"owner\" x=\"{left + 5:0.##}\" y=\"{y + (height / 2) + 4}\">{label}</text>");
        }
    }
}
