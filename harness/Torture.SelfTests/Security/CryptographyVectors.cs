using System.Security.Cryptography;
using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Security;

namespace Torture.SelfTests.Security;

public sealed class CryptographyVectors
{
    [TestCase("", "31d6cfe0d16ae931b73c59d7e0c089c0")]
    [TestCase("abc", "a448017aaf21d8525fc10ae87aa6729d")]
    [TestCase("message digest", "d9130a8164549fe818874806e1c7014b")]
    [TestCase("abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9")]
    [TestCase(
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
        "e33b4ddc9c38f2199c3e7b164fcc0536")]
    public void Md4OfRfc1320(string text, string hash) =>
        Hex.Text(Md4.Hash(Encoding.ASCII.GetBytes(text))).Should().Be(hash);

    [TestCase("Key", "Plaintext", "bbf316e8d940af0ad3")]
    [TestCase("Wiki", "pedia", "1021bf0420")]
    [TestCase("Secret", "Attack at dawn", "45a01f645fc35b383552544b9bf5")]
    public void Rc4Streams(string key, string plain, string sealedText)
    {
        var data = Encoding.ASCII.GetBytes(plain);

        var cipher = new Rc4(Encoding.ASCII.GetBytes(key));
        cipher.Apply(data.AsSpan(0, 3));
        cipher.Apply(data.AsSpan(3));

        Hex.Text(data).Should().Be(sealedText);
    }

    [Test]
    public void HmacMd5IsThatOfThePlatformAtEveryLength()
    {
        var random = new Random(7);
        for (var length = 0; length < 300; length++)
        {
            var key = new byte[length % 100];
            var message = new byte[length];
            random.NextBytes(key);
            random.NextBytes(message);
            var mac = new byte[16];
            var own = new HmacMd5(key);
            own.Compute(0x01020304, message, mac);

            own.Compute(message).Should().Equal(HMACMD5.HashData(key, message), "length {0}", length);
            mac.Should().Equal(HMACMD5.HashData(key, (byte[])[4, 3, 2, 1, .. message]), "length {0}", length);
            HmacMd5.Hash(message, mac);
            mac.Should().Equal(MD5.HashData(message), "length {0}", length);
        }
    }
}
