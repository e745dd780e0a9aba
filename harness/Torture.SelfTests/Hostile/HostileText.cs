using System.Text;

namespace Torture.SelfTests.Hostile;

/// <summary>What a good text becomes on a bad day: the same for the same seed.</summary>
internal static class HostileText
{
    private static readonly string[] Tokens =
    [
        "null", "-1", "1e999", "99999999999999999999", "0.1", "true", "\"\"", "\"\\ud800\"", "[]", "{}", "[null]",
        "\"\\u0000\"", "\"255.255.255.255\"", "NaN", "{\"a\":{}}", ",", "}", "\"",
    ];

    public static byte[] Mutate(ReadOnlySpan<byte> good, Random random)
    {
        var bytes = good.ToArray().ToList();
        for (var i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 2:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 100), bytes.Count - at)));
                    break;
                default:
                    ReplaceValue(bytes, at, random);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>The value after the next colon becomes another one.</summary>
    private static void ReplaceValue(List<byte> bytes, int at, Random random)
    {
        var colon = bytes.IndexOf((byte)':', at);
        if (colon < 0)
        {
            return;
        }

        var end = bytes.FindIndex(colon, octet => octet is (byte)',' or (byte)'}' or (byte)'\n');
        bytes.RemoveRange(colon + 1, (end < 0 ? bytes.Count : end) - colon - 1);
        bytes.InsertRange(colon + 1, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
    }
}
