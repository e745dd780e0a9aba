namespace Torture.Harness.Histories;

/// <summary>
/// Which change that was to be heard explains which one that was: in their order, as many as can be; of several ways
/// the one that leaves out least of what must have been told, and that reads the same.
/// </summary>
internal static class Alignment
{
    private const int Explained = 10_000;
    private const int Certain = 100;
    private const int SameWords = 1;

    /// <param name="heard">Changes, in the order in which they were told.</param>
    /// <param name="expected">Changes, in the order in which they happened.</param>
    /// <param name="tolerance">The run may learn of a cause so much later.</param>
    /// <returns>For each that was heard its cause; null where none is left in order.</returns>
    public static Expected?[] Of(IReadOnlyList<Heard> heard, IReadOnlyList<Expected> expected, TimeSpan tolerance)
    {
        var words = expected.Select(may => may.ToString()).ToList();
        var best = new int[heard.Count + 1, expected.Count + 1];
        for (var told = heard.Count - 1; told >= 0; told--)
        {
            for (var due = expected.Count - 1; due >= 0; due--)
            {
                best[told, due] = Math.Max(
                    Math.Max(best[told + 1, due], best[told, due + 1]),
                    Worth(told, due) + best[told + 1, due + 1]);
            }
        }

        var causes = new Expected?[heard.Count];
        for (int told = 0, due = 0; told < heard.Count && due < expected.Count;)
        {
            var worth = Worth(told, due);
            if (worth > 0 && best[told, due] == worth + best[told + 1, due + 1])
            {
                causes[told++] = expected[due++];
            }
            else if (best[told, due] == best[told, due + 1])
            {
                due++;
            }
            else
            {
                told++;
            }
        }

        return causes;

        int Worth(int told, int due) =>
            !heard[told].Is(expected[due]) || expected[due].At > heard[told].At + tolerance ? 0
            : Explained + (expected[due].IsCertain ? Certain : 0) + (words[due] == heard[told].Text ? SameWords : 0);
    }
}
