using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Torture.Protocol.Rpc;

namespace Torture.Protocol.Security;

/// <summary>
/// keys.json: one JSON object a line, so that what was written before a process was killed can be read. Each process
/// has its own file, which only its user can read.
/// </summary>
public sealed class KeyLogFile : IKeyLog, IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream file;

    /// <summary>Goes on at the end of a file that is there.</summary>
    public KeyLogFile(string path)
    {
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (OperatingSystem.IsWindows())
        {
            file = new FileStream(path, options);
            return;
        }

        options.UnixCreateMode = own;
        file = new FileStream(path, options);
        File.SetUnixFileMode(file.SafeFileHandle, own);
    }

    public void Record(KeyLogEntry entry)
    {
        var line = Encoding.UTF8.GetBytes(Encode(entry) + "\n");
        lock (gate)
        {
            file.Write(line);
        }
    }

    public void Dispose() => file.Dispose();

    public static IReadOnlyList<KeyLogEntry> Read(string path) => Parse(File.ReadAllBytes(path));

    /// <summary>
    /// Objects one after the other, or one array of them. A last object that breaks off is left out: its writer died.
    /// </summary>
    /// <exception cref="ProtocolException">Not a key log.</exception>
    public static IReadOnlyList<KeyLogEntry> Parse(ReadOnlySpan<byte> text)
    {
        var entries = new List<KeyLogEntry>();
        var reader = new Utf8JsonReader(text, isFinalBlock: false, new(new() { AllowMultipleValues = true }));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
                {
                    continue;
                }

                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    throw new FormatException($"{reader.TokenType} where an object is due");
                }

                if (!JsonDocument.TryParseValue(ref reader, out var document))
                {
                    break;
                }

                using (document)
                {
                    entries.Add(Decode(document.RootElement));
                }
            }
        }
        catch (Exception refused) when (refused is JsonException or FormatException
            or InvalidOperationException or KeyNotFoundException or ArgumentException or OverflowException)
        {
            // What the parser says may quote the text, and with it a key.
            var why = refused is JsonException ? "it is no JSON" : "a field is missing or is none";
            throw new ProtocolException(
                $"Entry {entries.Count + 1} of the key log cannot be read: {why}.",
                "keys.json",
                reader.TokenStartIndex);
        }

        return entries;
    }

    private static string Encode(KeyLogEntry entry) => new JsonObject
    {
        ["mechanism"] = entry.Mechanism.ToString(),
        ["client"] = entry.Client.ToString(),
        ["server"] = entry.Server.ToString(),
        ["boundAt"] = entry.BoundAt.ToString("O"),
        ["level"] = entry.Level.ToString(),
        ["sessionKey"] = Convert.ToHexStringLower(entry.SessionKey.Span),
        ["flags"] = $"0x{entry.Flags:x8}",
        ["mechListMic"] = entry.MechListMicExchanged,
    }.ToJsonString();

    private static KeyLogEntry Decode(JsonElement entry) => new(
        Enum.Parse<AuthenticationType>(Text(entry, "mechanism")),
        IPEndPoint.Parse(Text(entry, "client")),
        IPEndPoint.Parse(Text(entry, "server")),
        entry.GetProperty("boundAt").GetDateTimeOffset(),
        Enum.Parse<AuthenticationLevel>(Text(entry, "level")),
        Convert.FromHexString(Text(entry, "sessionKey")),
        Convert.ToUInt32(Text(entry, "flags"), 16),
        entry.GetProperty("mechListMic").GetBoolean());

    private static string Text(JsonElement entry, string name) =>
        entry.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");
}
