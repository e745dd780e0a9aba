using Torture.Harness.Reports.Html;

namespace Torture.Harness.Reports.Drawing;

/// <summary>Draws one failover: a lane for each address, node and client, the fault shaded, T0 to T7 marked.</summary>
internal static class TimelineSvg
{
    private const int Width = 1000;
    private const int LabelWidth = 168;
    private const int Top = 66;
    private const int LaneHeight = 30;
    private const int LabelRow = 15;
    private const int Colours = 6;

    /// <param name="style">The stylesheet, for a drawing that stands alone.</param>
    public static Markup Draw(TimelineView view, string? style = null)
    {
        var axis = new Axis(view.From, view.To, LabelWidth, Width - 12);
        var bottom = Top + (view.Lanes.Count * LaneHeight);
        var svg = new HtmlWriter();

        svg.Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" role=\"img\"");
        svg.Line($"viewBox=\"0 0 {Width} {bottom + 24}\">");
        svg.Line($"<title>{view.Title}</title>");

        if (style is not null)
        {
            svg.Line($"<style>{style}</style>");
        }

        DrawFault(svg, view, axis, bottom);
        DrawGrid(svg, axis, bottom);

        foreach (var (index, lane) in view.Lanes.Index())
        {
            DrawLane(svg, view, lane, axis, Top + (index * LaneHeight));
        }

        DrawMilestones(svg, view, axis, bottom);
        svg.Line($"</svg>");

        return new Markup(svg.ToString());
    }

    private static void DrawFault(HtmlWriter svg, TimelineView view, Axis axis, int bottom)
    {
        var begin = axis.At(TimeSpan.Zero);
        var end = axis.At(view.FaultEnds ?? TimeSpan.Zero);

        if (end > begin)
        {
            svg.Line($"<rect class=\"fault\" x=\"{begin:0.##}\" y=\"{Top}\"");
            svg.Line($"width=\"{end - begin:0.##}\" height=\"{bottom - Top}\"/>");
        }
    }

    private static void DrawGrid(HtmlWriter svg, Axis axis, int bottom)
    {
        foreach (var tick in axis.Ticks())
        {
            var x = axis.At(tick);
            svg.Line($"<line class=\"grid\" x1=\"{x:0.##}\" y1=\"{Top}\" x2=\"{x:0.##}\" y2=\"{bottom}\"/>");
            svg.Line($"<text class=\"tick\" x=\"{x:0.##}\" y=\"{bottom + 16}\">{Axis.Label(tick)}</text>");
        }
    }

    private static void DrawLane(HtmlWriter svg, TimelineView view, TimelineLane lane, Axis axis, int y)
    {
        var middle = y + (LaneHeight / 2);
        var fault = lane.IsFaulty ? " faulty" : "";

        svg.Line($"<line class=\"lane\" x1=\"0\" y1=\"{y}\" x2=\"{Width}\" y2=\"{y}\"/>");
        svg.Line($"<text class=\"name{fault}\" x=\"{LabelWidth - 10}\" y=\"{middle + 4}\">{lane.Name}</text>");

        foreach (var bar in lane.Bars)
        {
            DrawBar(svg, view, bar, axis, y);
        }

        foreach (var mark in Apart(lane.Marks.Where(mark => mark.At >= view.From && mark.At <= view.To), axis))
        {
            DrawMark(svg, mark, axis.At(mark.At), middle);
        }
    }

    /// <summary>Of marks of one kind that would lie on each other, the first.</summary>
    private static IEnumerable<TimelineMark> Apart(IEnumerable<TimelineMark> marks, Axis axis) =>
        marks.DistinctBy(mark => (mark.Kind, Math.Round(axis.At(mark.At) / 3)));

    private static void DrawBar(HtmlWriter svg, TimelineView view, TimelineBar bar, Axis axis, int y)
    {
        var (left, right) = (axis.At(bar.From), axis.At(bar.To));
        if (right <= left)
        {
            return;
        }

        var colour = bar.Node is null ? "gap" : $"node{PlaceOf(bar.Node, view.Nodes) % Colours}";
        svg.Line($"<rect class=\"bar {colour}\" x=\"{left:0.##}\" y=\"{y + 5}\" rx=\"3\"");
        svg.Line($"width=\"{right - left:0.##}\" height=\"{LaneHeight - 10}\">");
        svg.Line($"<title>{bar.Label}: {Axis.Label(bar.From)} to {Axis.Label(bar.To)}</title></rect>");

        if (right - left > 8 + (bar.Label.Length * 7))
        {
            var middle = y + (LaneHeight / 2) + 4;
            svg.Line($"<text class=\"owner {colour}\" x=\"{left + 7:0.##}\" y=\"{middle}\">{bar.Label}</text>");
        }
    }

    private static int PlaceOf(string node, IReadOnlyList<string> nodes) =>
        Math.Max(0, nodes.Index().FirstOrDefault(other => other.Item == node).Index);

    private static void DrawMark(HtmlWriter svg, TimelineMark mark, double x, int middle)
    {
        var kind = mark.Kind.ToString().ToLowerInvariant();
        var title = Markup.Of($"<title>{Axis.Label(mark.At)} {mark.Text}</title>");

        if (mark.Kind is TimelineMarkKind.Notification or TimelineMarkKind.State)
        {
            svg.Line($"<path class=\"mark {kind}\" d=\"M{x:0.##} {middle - 8}l7 8l-7 8l-7 -8z\">{title}</path>");
        }
        else
        {
            var tick = Markup.Of($"x=\"{x - 1.25:0.##}\" y=\"{middle - 7}\" width=\"2.5\" height=\"14\"");
            svg.Line($"<rect class=\"mark {kind}\" {tick}>{title}</rect>");
        }
    }

    private static void DrawMilestones(HtmlWriter svg, TimelineView view, Axis axis, int bottom)
    {
        var rowEnds = new double[4];

        foreach (var milestone in view.Milestones.Where(seen => seen.After is not null).OrderBy(seen => seen.After))
        {
            var x = axis.At(milestone.After!.Value);
            var width = (milestone.Name.Length + milestone.Event.Length + 1) * 6.6;
            var start = Math.Clamp(x - 3, 0, Width - width);
            var row = Math.Max(0, Array.FindIndex(rowEnds, end => end <= start));
            rowEnds[row] = start + width + 8;
            var y = 12 + (row * LabelRow);

            svg.Line($"<line class=\"milestone\" x1=\"{x:0.##}\" y1=\"{y + 4}\" x2=\"{x:0.##}\" y2=\"{bottom}\"/>");
            svg.Line($"<text class=\"milestone\" x=\"{start:0.##}\" y=\"{y}\"><tspan>{milestone.Name}</tspan>");
            svg.Line($"{milestone.Event}<title>{Axis.Label(milestone.After.Value)} {milestone.Text}</title></text>");
        }
    }
}
