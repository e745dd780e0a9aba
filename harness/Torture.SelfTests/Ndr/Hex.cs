namespace Torture.SelfTests.Ndr;

internal static class Hex
{
    /// <summary>Bytes from hexadecimal digits with any white space and bars between them.</summary>
    public static byte[] Bytes(string digits) =>
        Convert.FromHexString(string.Concat(digits.Where(char.IsAsciiHexDigit)));
}
