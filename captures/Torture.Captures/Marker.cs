using System.Globalization;
using System.Text;

namespace Torture.Captures;

/// <summary>
/// A point of a run's own history on the wire: one UDP datagram, UTF-8, fields apart by tabs, so that any analyser
/// shows it: <c>TORTURE1, run id, number, monotonic nanoseconds, phase, text</c>.
/// </summary>
/// <param name="RunId">Which run, without tabs.</param>
/// <param name="Number">Counts up from 1 within a run; those of <see cref="Flush"/> count down from -1.</param>
/// <param name="MonotonicNanoseconds">The run's clock when it was sent.</param>
/// <param name="Phase">A word: <see cref="Fault"/>, <see cref="Flush"/> or the run's own.</param>
/// <param name="Text">For people: <c>kill n1</c>.</param>
public sealed record Marker(string RunId, long Number, long MonotonicNanoseconds, string Phase, string Text)
{
    /// <summary>The phase of the marker just before a fault: T0.</summary>
    public const string Fault = "fault";

    /// <summary>The phase of the marker just before a fault is undone.</summary>
    public const string Heal = "heal";

    /// <summary>The phase of a marker that only asks whether everything before it was processed.</summary>
    public const string Flush = "flush";

    private const int MaximumLength = 1200;

    private static ReadOnlySpan<byte> Magic => "TORTURE1\t"u8;

    public byte[] Encode()
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"TORTURE1\t{Word(RunId)}\t{Number}\t{MonotonicNanoseconds}\t{Word(Phase)}\t{Text}");
        var bytes = Encoding.UTF8.GetBytes(line);
        return bytes.Length <= MaximumLength ? bytes : bytes[..MaximumLength];
    }

    /// <summary>Null where the datagram is no marker.</summary>
    public static Marker? TryDecode(ReadOnlySpan<byte> datagram)
    {
        if (!datagram.StartsWith(Magic) || datagram.Length > MaximumLength)
        {
            return null;
        }

        var fields = Encoding.UTF8.GetString(datagram).Split('\t', 6);
        return fields.Length == 6
            && long.TryParse(fields[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(fields[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var monotonic)
            ? new Marker(fields[1], number, monotonic, fields[4], fields[5])
            : null;
    }

    private static string Word(string word) => word.Replace('\t', ' ');
}
