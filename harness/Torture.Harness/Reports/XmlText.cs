using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Torture.Harness.Reports;

/// <summary>XML that every reader accepts, with the same bytes everywhere.</summary>
internal static class XmlText
{
    public static string Write(XElement root)
    {
        var text = new StringBuilder();
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true };

        using (var writer = XmlWriter.Create(text, settings))
        {
            root.Save(writer);
        }

        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{text}\n";
    }

    /// <summary>XML 1.0 has no way to write some characters: they are spelled out.</summary>
    public static string Clean(string text) => Printable.Text(text);
}
