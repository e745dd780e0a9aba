using System.Globalization;
using Torture.ReferenceServer.Control;

namespace Torture.Node;

/// <summary>One line an event, with the time, to standard error or a file.</summary>
internal sealed class NodeLog(TextWriter writer, string node) : IDisposable
{
    private readonly Lock _gate = new();

    /// <exception cref="ConfigurationException">The folder cannot be written.</exception>
    public static NodeLog Open(string? folder, string node)
    {
        if (folder is null)
        {
            return new NodeLog(Console.Error, node);
        }

        try
        {
            Directory.CreateDirectory(folder);
            var file = new FileStream(
                Path.Combine(folder, node + ".log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            return new NodeLog(new StreamWriter(file) { AutoFlush = true }, node);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"log folder: {refused.Message}", refused);
        }
    }

    public void Write(string line)
    {
        lock (_gate)
        {
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{DateTime.UtcNow:HH:mm:ss.ffffff} {node} {line.ReplaceLineEndings(" | ")}"));
        }
    }

    public void Dispose() => writer.Dispose();
}
