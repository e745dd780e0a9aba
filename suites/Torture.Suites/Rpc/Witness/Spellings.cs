using System.Net;
using System.Net.Sockets;

namespace Torture.Suites.Rpc.Witness;

/// <summary>Other ways to write a name or an address, for the cases of both register calls.</summary>
internal static class Spellings
{
    /// <summary>Versions that are neither 1 nor 2, next to them in every way.</summary>
    private static readonly uint[] NoVersions =
        [0, 1, 2, 0x00010000, 0x00010002, 0x00020001, 0x00030000, 0x01000100, 123456, 0x80000000, 0xFFFFFFFF];

    /// <summary>Which of NetName, IpAddress and ClientComputerName are NULL.</summary>
    public static IEnumerable<TestCaseData> NullParameters =>
    [
        new TestCaseData(true, false, false).SetName("NullNetName"),
        new TestCaseData(false, true, false).SetName("NullIpAddress"),
        new TestCaseData(false, false, true).SetName("NullClientComputerName"),
        new TestCaseData(true, true, false).SetName("NullNetNameAndIpAddress"),
        new TestCaseData(true, true, true).SetName("NullEverything"),
    ];

    public static IEnumerable<TestCaseData> UnknownNetNames =>
    [
        new TestCaseData("").SetName("EmptyNetName"),
        new TestCaseData("NoSuchServer").SetName("OtherNetName"),
        new TestCaseData("NoSuchServer.example.com").SetName("OtherQualifiedNetName"),
        new TestCaseData("*").SetName("WildcardNetName"),
        new TestCaseData(" ").SetName("BlankNetName"),
    ];

    /// <summary>Ways of <see cref="InOtherCase"/>.</summary>
    public static IEnumerable<TestCaseData> LetterCases =>
        new[] { "lower", "upper", "mixed" }.Select(way => new TestCaseData(way).SetName($"{{m}}_{way}"));

    /// <summary>Ways of <see cref="InAnotherForm"/>.</summary>
    public static IEnumerable<TestCaseData> AddressForms =>
        new[] { "Mapped", "Bracketed", "LeadingZeros", "WithAPort", "WithABlank", "Hexadecimal" }
            .Select(form => new TestCaseData(form).SetName($"{{m}}_{form}"));

    /// <summary>Every version but the one that a call takes.</summary>
    public static IEnumerable<TestCaseData> VersionsOtherThan(uint version) =>
        NoVersions.Append(version == WitnessVersion.V1 ? WitnessVersion.V2 : WitnessVersion.V1)
            .Select(other => new TestCaseData(other).SetName($"{{m}}_0x{other:X8}"));

    /// <summary>The net name in other letter case.</summary>
    public static string InOtherCase(string name, string way) => way switch
    {
        "lower" => name.ToLowerInvariant(),
        "upper" => name.ToUpperInvariant(),
        _ => string.Concat(name.Select((letter, i) =>
            i % 2 == 0 ? char.ToLowerInvariant(letter) : char.ToUpperInvariant(letter))),
    };

    /// <summary>An IPv6 address written out in full, in capitals.</summary>
    public static string InFull(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            throw new ArgumentException($"{address} is not an IPv6 address", nameof(address));
        }

        var bytes = address.GetAddressBytes();
        return string.Join(':', Enumerable.Range(0, 8).Select(i => $"{bytes[2 * i]:X2}{bytes[2 * i + 1]:X2}"));
    }

    /// <summary>An IPv4 address as no dotted quad, or as one with something about it.</summary>
    public static string InAnotherForm(IPAddress address, string form) => form switch
    {
        "Mapped" => address.MapToIPv6().ToString(),
        "Bracketed" => $"[{address}]",
        "LeadingZeros" => string.Join('.', address.GetAddressBytes().Select(part => $"{part:D3}")),
        "WithAPort" => $"{address}:445",
        "WithABlank" => $" {address}",
        _ => "0x" + Convert.ToHexString(address.GetAddressBytes()),
    };

    public static string OfLength(int characters) => new('a', characters);
}
