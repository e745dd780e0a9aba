using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;
using Torture.SelfTests.Captures;

namespace Torture.SelfTests.Security;

/// <summary>Sessions between Samba and its own client, opened from the tokens and the password.</summary>
public sealed class RealSessions
{
    private const string Password = "Passw0rd!swn";

    private static IEnumerable<TestCaseData> Sessions() =>
        File.ReadLines(Path.Combine(Samples.Folder, "expected.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(pdu => pdu.GetProperty("auth_len").GetInt32() > 0)
            .GroupBy(pdu => $"{pdu.GetProperty("capture").GetString()}.{pdu.GetProperty("stream").GetInt32()}")
            .Where(session => session.Count() > 3)
            .Select(session => new TestCaseData(session.ToArray()).SetArgDisplayNames(session.Key));

    [TestCaseSource(nameof(Sessions))]
    public void EveryFragmentOpens(JsonElement[] session)
    {
        var handshake = new ObservedHandshake((AuthenticationType)session[0].GetProperty("auth_type").GetByte());
        SecurityObserver? observer = null;
        foreach (var element in session)
        {
            var pdu = Convert.FromHexString(element.GetProperty("pdu").GetString()!);
            var token = BinaryPrimitives.ReadUInt16LittleEndian(pdu.AsSpan(10));
            var fromClient = element.GetProperty("dir").GetString() == "c2s";
            var level = (AuthenticationLevel)pdu[pdu.Length - token - 7];
            if (pdu[2] > 3)
            {
                handshake.Add(fromClient, pdu.AsSpan(pdu.Length - token));
                continue;
            }

            observer ??= new SecurityObserver(
                handshake.Derive(Password, new(1, 1), new(2, 2), DateTimeOffset.UnixEpoch, level));
            observer.Open(fromClient, pdu.AsSpan(0, pdu.Length - token), 24..^8, level, pdu.AsSpan(pdu.Length - token));
            var stub = Convert.ToHexStringLower(pdu.AsSpan(24, pdu.Length - token - 8 - 24));
            var expected = element.TryGetProperty("stub", out var plain) ? plain.GetString()! : Sealed(fromClient);
            stub.Should().StartWith(expected[..Math.Min(expected.Length, stub.Length)]);
        }

        observer.Should().NotBeNull();
    }

    [Test]
    public void AnotherPasswordIsNotTheKey()
    {
        var session = (JsonElement[])Sessions().First().Arguments[0]!;
        var handshake = new ObservedHandshake(AuthenticationType.Ntlmssp);
        foreach (var element in session.Take(3))
        {
            var pdu = Convert.FromHexString(element.GetProperty("pdu").GetString()!);
            handshake.Add(true, pdu.AsSpan(pdu.Length - BinaryPrimitives.ReadUInt16LittleEndian(pdu.AsSpan(10))));
        }

        var derive = () => handshake.Derive("wrong", new(1, 1), new(2, 2), default, AuthenticationLevel.Privacy);

        handshake.UserName.Should().Be(@"SWNTEST\swn");
        derive.Should().Throw<SecurityContextException>().WithMessage(@"*not the password of SWNTEST\swn*");
    }

    /// <summary>
    /// What the sealed calls begin with: a verification trailer; pointer, count and the first group name.
    /// </summary>
    private static string Sealed(bool fromClient) => fromClient
        ? "8ae3137102f43671"
        : "00000200" + "03000000" + "04000200" + "03000000"
            + Convert.ToHexStringLower(Encoding.Unicode.GetBytes("swncluster"));
}
