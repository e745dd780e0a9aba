using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.SelfTests.Rpc;
using Torture.Targets.Containers.Engine;

namespace Torture.SelfTests.Containers;

/// <summary>The framing of attached outputs, whole, in pieces, cut and hostile.</summary>
public sealed class StreamFramesTests
{
    private static readonly byte[] Talk =
    [
        1, 0, 0, 0, 0, 0, 0, 3, .. "out"u8, 2, 0, 0, 0, 0, 0, 0, 4, .. "err!"u8,
        1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, .. "er"u8, 3, 0, 0, 0, 0, 0, 0, 1, .. "?"u8,
    ];

    [TestCase(1)]
    [TestCase(5)]
    [TestCase(int.MaxValue)]
    public async Task AreTakenApart(int largestRead)
    {
        var duplex = new MemoryDuplex(largestRead);
        await duplex.A.WriteAsync(Talk);
        await duplex.A.DisposeAsync();

        var (output, error) = await CopyAsync(duplex.B);

        output.Should().Be("outer");
        error.Should().Be("err!?", "what the engine itself complains of belongs there");
    }

    [Test]
    public async Task AnEndWithinAFrameIsSeen([Range(1, 10)] int length)
    {
        var copy = () => CopyAsync(new MemoryStream(Talk[..length]));

        (await copy.Should().ThrowAsync<EndOfStreamException>()).WithMessage("the stream ends within *");
    }

    [TestCase("040000000000000100", Description = "there is no stream 4")]
    [TestCase("010001000000000100", Description = "the padding is zero")]
    [TestCase("48656C6C6F20746865", Description = "text of a terminal")]
    [TestCase("000000000000000100", Description = "nobody writes to us on standard input")]
    public async Task WhatIsNoFrameIsRefused(string bytes)
    {
        var copy = () => CopyAsync(new MemoryStream(Convert.FromHexString(bytes)));

        (await copy.Should().ThrowAsync<InvalidDataException>()).WithMessage($"*begins with {bytes[..16]}");
    }

    [Test]
    public async Task AClaimOfFourGigabytesCostsNothing()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var copy = () => CopyAsync(new MemoryStream([1, 0, 0, 0, 255, 255, 255, 255, 42]));

        (await copy.Should().ThrowAsync<EndOfStreamException>()).WithMessage("*4294967294 bytes are missing");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(4 << 20);
    }

    private static async Task<(string Output, string Error)> CopyAsync(Stream framed)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        await StreamFrames.CopyAsync(framed, output, error, CancellationToken.None);
        return (Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }
}
