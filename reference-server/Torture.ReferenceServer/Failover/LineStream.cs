using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Torture.Protocol.Json;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// JSON objects, one a line, over a stream. A line that is too long ends it; after one that is no such object the next
/// can be read.
/// </summary>
public sealed class LineStream(Stream stream, int maximumLine = LineStream.DefaultMaximum)
{
    public const int DefaultMaximum = 1 << 20;

    private const int MaximumReason = 300;

    /// <summary>Longer lines than this, bytes, are refused from now on.</summary>
    public int MaximumLine { get; set; } = maximumLine;

    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;
    private int _searched;

    /// <summary>A line was too long: nothing can be read any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The next object; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">Too long, or not an object of this type.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public async ValueTask<T?> ReadAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var line = Array.IndexOf(_buffer, (byte)'\n', _searched, _end - _searched);
            if (line >= 0)
            {
                var text = _buffer.AsSpan(_start, line - _start);
                _start = _searched = line + 1;
                return Parse(text, type);
            }

            _searched = _end;
            if (!await FillAsync(cancellationToken))
            {
                return null;
            }
        }
    }

    /// <summary>One object, one write.</summary>
    public async ValueTask WriteAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(value, type);
        var line = new byte[text.Length + 1];
        text.CopyTo(line, 0);
        line[^1] = (byte)'\n';
        await stream.WriteAsync(line, cancellationToken);
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            Array.Copy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _searched -= _start;
            _start = 0;
        }

        if (_end >= MaximumLine)
        {
            IsBroken = true;
            throw new InvalidDataException($"The line is longer than {MaximumLine} bytes.");
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, MaximumLine));
        }

        var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += count;
        return count > 0;
    }

    private static T Parse<T>(ReadOnlySpan<byte> text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            JsonItems.RefuseNulls(text, type.Options);
            return JsonSerializer.Deserialize(text, type) ?? throw new InvalidDataException("The line is null.");
        }
        catch (JsonException refused)
        {
            // It may quote the line, which may be long.
            var why = refused.Message.ReplaceLineEndings(" ");
            var shown = why.Length > MaximumReason ? why[..MaximumReason] + " ..." : why;
            throw new InvalidDataException($"The line cannot be read: {shown}", refused);
        }
    }
}
