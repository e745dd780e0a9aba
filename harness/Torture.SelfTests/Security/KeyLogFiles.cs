using System.Net;
using System.Runtime.Versioning;
using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Security;

public sealed class KeyLogFiles
{
    private static readonly KeyLogEntry Entry = new(
        AuthenticationType.Spnego,
        IPEndPoint.Parse("127.1.2.3:40000"),
        IPEndPoint.Parse("[fd77:1::64]:49152"),
        new DateTimeOffset(2026, 11, 21, 3, 4, 5, TimeSpan.Zero).AddTicks(678),
        AuthenticationLevel.Privacy,
        Hex.Of("00112233445566778899aabbccddeeff"),
        0xE2888235,
        MechListMicExchanged: true);

    private string path = "";

    [SetUp]
    public void Place() => path = Path.Combine(Path.GetTempPath(), $"keys-{Guid.NewGuid():N}.json");

    [TearDown]
    public void Remove() => File.Delete(path);

    [Test]
    public void WhatWasWrittenIsRead()
    {
        using (var log = new KeyLogFile(path))
        {
            log.Record(Entry);
            log.Record(Entry with { MechListMicExchanged = false });
        }

        using (var log = new KeyLogFile(path))
        {
            log.Record(Entry);
            KeyLogFile.Read(path).Should().HaveCount(3).And.BeEquivalentTo(
                [Entry, Entry with { MechListMicExchanged = false }, Entry],
                options => options.ComparingByMembers<KeyLogEntry>()
                    .Using<ReadOnlyMemory<byte>>(pair =>
                        pair.Subject.ToArray().Should().Equal(pair.Expectation.ToArray()))
                    .WhenTypeIs<ReadOnlyMemory<byte>>());
        }
    }

    [Test]
    [Platform(Exclude = "Win")]
    [UnsupportedOSPlatform("windows")]
    public void OnlyItsUserCanReadIt()
    {
        File.WriteAllText(path, "");
        using var log = new KeyLogFile(path);

        File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public void ALineThatBreaksOffIsLeftOut()
    {
        using (var log = new KeyLogFile(path))
        {
            log.Record(Entry);
            log.Record(Entry);
        }

        var text = File.ReadAllBytes(path);
        for (var length = text.Length / 2; length < text.Length - 1; length++)
        {
            KeyLogFile.Parse(text.AsSpan(0, length)).Should().HaveCount(1, "{0} bytes", length);
        }
    }

    [Test]
    public void AnArrayIsReadToo()
    {
        using (var log = new KeyLogFile(path))
        {
            log.Record(Entry);
        }

        var line = File.ReadAllText(path);

        KeyLogFile.Parse(Encoding.UTF8.GetBytes($"[{line},{line}]")).Should().HaveCount(2);
    }

    [TestCase("hello")]
    [TestCase("{}")]
    [TestCase("3 4")]
    [TestCase("""{"mechanism":"Ntlmssp","client":"nowhere"}""")]
    [TestCase("""{"mechanism":7}""")]
    [TestCase("[[[[{}]]]]")]
    public void NonsenseIsRefused(string text)
    {
        var parse = () => KeyLogFile.Parse(Encoding.UTF8.GetBytes(text));

        parse.Should().Throw<ProtocolException>().Which.Citation.Should().Be("keys.json");
    }

    [Test]
    public void AKeyIsNotTold() => Entry.ToString().Should().NotContain("00112233").And.Contain("127.1.2.3:40000");
}
