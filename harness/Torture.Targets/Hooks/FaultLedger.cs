using System.Text.Json;
using System.Text.Json.Serialization;

namespace Torture.Targets.Hooks;

/// <summary>Something that was about to be broken, with all that is needed to undo it.</summary>
/// <param name="Fault">For people: <c>kill n1</c>.</param>
/// <param name="Before">The observation before it, as <see cref="ObservationJson"/> writes it.</param>
internal sealed record LedgerEntry(
    long Id, string Verb, string Fault, DateTimeOffset At, string RunId, string File, string Folder, HookStep Undo,
    HookStep? Verify, bool MovesOwners, string Before);

/// <summary>
/// What is broken in a cluster: written down, and on disk, before it is broken; crossed out once it was undone and
/// verified. It outlives a kill -9, and the kernel lets go of it then.
/// </summary>
internal sealed class FaultLedger : IDisposable
{
    private const string Ending = ".ledger";

    private readonly FileStream _file;
    private readonly List<LedgerEntry> _open;
    private long _last;

    private FaultLedger(FileStream file, string path)
    {
        (_file, Path) = (file, path);
        _open = Replay(file, path);
        _last = _open.Count == 0 ? 0 : _open.Max(entry => entry.Id);
    }

    public string Path { get; }

    /// <summary>What was never undone, in the order in which it was broken.</summary>
    public IReadOnlyList<LedgerEntry> Entries
    {
        get
        {
            lock (_open)
            {
                return [.. _open];
            }
        }
    }

    /// <summary>Names of the targets that have a ledger.</summary>
    public static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(StateFolder.Make("ledgers"), "*" + Ending)
            .Select(path => System.IO.Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    /// <exception cref="HookException">Another run has it, or it cannot be read.</exception>
    public static FaultLedger Open(string target)
    {
        var path = System.IO.Path.Combine(StateFolder.Make("ledgers"), target + Ending);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new FaultLedger(file, path);
        }
        catch (Exception held) when (held is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new HookException(
                $"the ledger {path} cannot be had, another run may be using {target}: {held.Message}", held);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Returns once it is on disk.</summary>
    public LedgerEntry Break(LedgerEntry entry)
    {
        lock (_open)
        {
            var numbered = entry with { Id = ++_last };
            Append(new Line(numbered, null));
            _open.Add(numbered);
            return numbered;
        }
    }

    /// <summary>It is whole again. With the last one the ledger is empty.</summary>
    public void Undone(LedgerEntry entry)
    {
        lock (_open)
        {
            if (!_open.Remove(entry))
            {
                return;
            }

            if (_open.Count > 0)
            {
                Append(new Line(null, entry.Id));
                return;
            }

            _file.SetLength(0);
            _file.Flush(flushToDisk: true);
        }
    }

    public void Dispose() => _file.Dispose();

    private void Append(Line line)
    {
        _file.Seek(0, SeekOrigin.End);
        _file.Write(JsonSerializer.SerializeToUtf8Bytes(line, LedgerJson.Default.Line));
        _file.WriteByte((byte)'\n');
        _file.Flush(flushToDisk: true);
    }

    /// <summary>A last line without its end was being written by somebody who then broke nothing.</summary>
    private static List<LedgerEntry> Replay(FileStream file, string path)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        var text = reader.ReadToEnd();
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        file.SetLength(System.Text.Encoding.UTF8.GetByteCount(whole));
        var open = new List<LedgerEntry>();
        var number = 0;
        foreach (var line in whole.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            Apply(line, open, $"{path}:{number}");
        }

        return open;
    }

    private static void Apply(string line, List<LedgerEntry> open, string where)
    {
        try
        {
            var read = JsonSerializer.Deserialize(line, LedgerJson.Default.Line);
            if (read?.Broken is { } broken)
            {
                open.Add(broken is { Verb: not null, Fault: not null, Undo: not null, Before: not null }
                    ? broken
                    : throw new JsonException("what is broken is not told in full"));
            }
            else
            {
                open.RemoveAll(entry => entry.Id == read?.Undone);
            }
        }
        catch (Exception malformed) when (malformed is JsonException or NotSupportedException)
        {
            throw new HookException(
                $"{where}: no line of a ledger ({malformed.Message}): undo by hand, then remove the file", malformed);
        }
    }

    internal sealed record Line(LedgerEntry? Broken, long? Undone);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FaultLedger.Line))]
internal sealed partial class LedgerJson : JsonSerializerContext;
