using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Torture.Targets.Hooks;

/// <summary>
/// The part of YAML that a target file may use: maps, lists, scalars. Every scalar is text, so that <c>no</c> and
/// <c>1.10</c> stay what was written. Anchors, aliases and tags are refused: a small file cannot grow large.
/// </summary>
internal sealed class YamlText
{
    private const int MostBytes = 1 << 20;
    private const int Deepest = 16;

    private readonly Parser _parser;
    private readonly FileProblems _problems;

    private YamlText(string text, FileProblems problems) =>
        (_parser, _problems) = (new Parser(new StringReader(text)), problems);

    /// <exception cref="TargetFileException">It is not YAML, or uses what is refused.</exception>
    public static FileNode Parse(string file, string text)
    {
        var problems = new FileProblems(file);
        if (text.Length > MostBytes)
        {
            throw problems.Stop(1, "", $"larger than {MostBytes >> 20} MiB: this is no target file");
        }

        var yaml = new YamlText(text, problems);
        try
        {
            return yaml.Document();
        }
        catch (YamlException broken)
        {
            throw problems.Stop((int)broken.Start.Line, "", $"no YAML: {Sentence(broken)}");
        }
        catch (Exception lost) when (lost is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // What the scanner does with some texts that end or go on where they must not.
            throw problems.Stop(
                (int)(yaml._parser.Current?.End.Line ?? 1), "",
                "no YAML: something is open or does not fit after here");
        }
    }

    /// <summary>Without the place, which the message has in front.</summary>
    private static string Sentence(YamlException broken)
    {
        var text = broken.InnerException?.Message ?? broken.Message;
        var end = text.IndexOf("): ", StringComparison.Ordinal);
        return (end < 0 ? text : text[(end + 3)..]).ReplaceLineEndings(" ");
    }

    private FileNode Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            throw _problems.Stop(1, "", "empty: expected a map with name, netName, nodes, ...");
        }

        _parser.Consume<DocumentStart>();
        var root = Node("", 0);
        _parser.Consume<DocumentEnd>();
        return _parser.TryConsume<StreamEnd>(out var end)
            ? root
            : throw _problems.Stop((int)_parser.Current!.Start.Line, "", "a second document: expected one");
    }

    private FileNode Node(string path, int depth)
    {
        var line = (int)_parser.Current!.Start.Line;
        if (depth > Deepest)
        {
            throw _problems.Stop(line, path, $"nested deeper than {Deepest}");
        }

        if (_parser.Current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false } or NodeEvent { Tag.IsEmpty: false })
        {
            throw _problems.Stop(line, path, "anchors (&), aliases (*) and tags (!) are not used here: write it out");
        }

        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            return new FileScalar(line, path, scalar.Value);
        }

        return _parser.TryConsume<SequenceStart>(out _) ? List(line, path, depth) : Map(line, path, depth);
    }

    private FileList List(int line, string path, int depth)
    {
        var items = new List<FileNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node($"{path}[{items.Count}]", depth + 1));
        }

        return new FileList(line, path, items);
    }

    private FileMap Map(int line, string path, int depth)
    {
        _parser.Consume<MappingStart>();
        var entries = new Dictionary<string, FileNode>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var at = (int)_parser.Current!.Start.Line;
            if (!_parser.TryConsume<Scalar>(out var key))
            {
                throw _problems.Stop(at, path, "a key that is no text");
            }

            var name = path.Length == 0 ? key.Value : $"{path}.{key.Value}";
            if (!entries.TryAdd(key.Value, Node(name, depth + 1)))
            {
                throw _problems.Stop(at, name, "given twice");
            }
        }

        return new FileMap(line, path, entries);
    }
}
