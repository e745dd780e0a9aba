namespace Torture.Suites.Local.Ndr.Witness;

internal static class Hex
{
    /// <summary>Bytes from hexadecimal digits with anything between them.</summary>
    public static byte[] Bytes(string digits) =>
        Convert.FromHexString(string.Concat(digits.Where(char.IsAsciiHexDigit)));
}
