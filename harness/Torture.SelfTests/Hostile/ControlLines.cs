using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Running;
using Torture.ReferenceServer.Control;

namespace Torture.SelfTests.Hostile;

/// <summary>Whatever is said to a control port: one clear line or an end, and the node goes on.</summary>
[CancelAfter(60_000)]
public sealed class ControlLines
{
    private const int Megabyte = 1 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private LonelyNode _node = null!;

    [OneTimeSetUp]
    public async Task Up() => _node = await LonelyNode.UpAsync();

    [OneTimeTearDown]
    public async Task Down() => await _node.DisposeAsync();

    [TestCase("")]
    [TestCase("hello")]
    [TestCase("null")]
    [TestCase("7")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"verb\":null}")]
    [TestCase("{\"verb\":7}")]
    [TestCase("{\"verb\":\"observe\"")]
    [TestCase("{\"verb\":\"observe\",\"verb\"")]
    [TestCase("{\"verb\":\"observe\",\"what\":1}")]
    [TestCase("{\"verb\":\"observe\"} {}")]
    [TestCase("{\"verb\":\"\\ud800\"}")]
    [TestCase("{\"verb\":\"move-address\",\"address\":\"nowhere\"}")]
    [TestCase("{\"verb\":\"move-address\",\"address\":\"\\ud800\"}")]
    [TestCase("{\"verb\":\"ban\",\"seconds\":\"long\"}")]
    [TestCase("{\"verb\":\"force-unregister\",\"key\":\"x\"}")]
    [TestCase("{\"verb\":\"stall-lock\",\"on\":2}")]
    public async Task NonsenseIsRefusedInOneLine(string line, CancellationToken cancellationToken)
    {
        var answer = (await _node.SayAsync(line + "\n", cancellationToken)).Should().ContainSingle().Subject;

        MustBeRefusal(answer);
        await _node.MustServeAsync(cancellationToken);
    }

    [TestCase("{\"verb\":\"no-such-verb\"}", "no-such-verb")]
    [TestCase("{\"verb\":\"\"}", "unknown verb")]
    [TestCase("{\"verb\":\"move-address\"}", "public address")]
    [TestCase("{\"verb\":\"move-address\",\"address\":\"1.2.3.4\",\"node\":\"n1\"}", "public address")]
    [TestCase("{\"verb\":\"move-address\",\"address\":\"1.2.3.4\",\"node\":\"n9\"}", "n9")]
    [TestCase("{\"verb\":\"move-client\"}", "needs whom")]
    [TestCase("{\"verb\":\"move-share\",\"share\":\"none\"}", "needs whom")]
    [TestCase("{\"verb\":\"change-resource\",\"state\":\"99\"}", "public address and a state")]
    [TestCase("{\"verb\":\"change-address\"}", "address or a group")]
    [TestCase("{\"verb\":\"force-response\",\"response\":\"%%%\"}", "force-response")]
    [TestCase("{\"verb\":\"force-response\",\"response\":\"AAECAwQFBgc=\"}", "force-response")]
    [TestCase("{\"verb\":\"partition\"}", "another node")]
    [TestCase("{\"verb\":\"partition\",\"node\":\"n1\"}", "another node")]
    public async Task WhatMakesNoSenseIsRefusedAndTheConnectionGoesOn(
        string line, string why, CancellationToken cancellationToken)
    {
        var answers = await _node.SayAsync($"{line}\n{{\"verb\":\"measure\"}}\n", cancellationToken);

        answers.Should().HaveCount(2);
        MustBeRefusal(answers[0]).Should().Contain(why);
        Parse(answers[1]).Ok.Should().BeTrue();
        await _node.MustServeAsync(cancellationToken);
    }

    [TestCase("{\"verb\":\"ban\",\"seconds\":-1e308}"), TestCase("{\"verb\":\"ban\",\"seconds\":1e999}")]
    public async Task AbsurdTimesAreTakenForTheNearestPossible(string line, CancellationToken cancellationToken)
    {
        var answers = await _node.SayAsync($"{line}\n{{\"verb\":\"unban\"}}\n", cancellationToken);

        answers.Select(answer => Parse(answer).Ok).Should().Equal(true, true);
        await _node.MustServeAsync(cancellationToken);
    }

    [Test]
    public async Task DepthIsRefused(CancellationToken cancellationToken)
    {
        foreach (var (open, close) in new[] { ("[", "]"), ("{\"verb\":", "}") })
        {
            var deep = string.Concat(Enumerable.Repeat(open, 20_000)) + "1"
                + string.Concat(Enumerable.Repeat(close, 20_000));
            MustBeRefusal((await _node.SayAsync(deep + "\n", cancellationToken)).Should().ContainSingle().Subject);
        }

        await _node.MustServeAsync(cancellationToken);
    }

    [Test]
    public async Task ALineThatIsTooLongIsRefusedAndCostsLittle(CancellationToken cancellationToken)
    {
        var before = _node.Memory();
        var name = new string('x', Megabyte);
        for (var i = 0; i < 20; i++)
        {
            var answers = await _node.SayAsync($"{{\"verb\":\"{name}\"}}\n", cancellationToken);
            answers.Should().HaveCountLessThan(2);
        }

        (_node.Memory() - before).Should().BeLessThan(64 * Megabyte);
        await _node.MustServeAsync(cancellationToken);
    }

    [Test]
    public async Task ALineThatNeverEndsIsCutOff(CancellationToken cancellationToken)
    {
        await using var stream = await _node.ConnectAsync(cancellationToken);
        var chunk = new byte[64 * 1024];
        Array.Fill(chunk, (byte)'x');
        var sent = 0L;
        try
        {
            while (sent < 256 * Megabyte)
            {
                await stream.WriteAsync(chunk, cancellationToken);
                sent += chunk.Length;
            }
        }
        catch (IOException)
        {
        }

        sent.Should().BeLessThan(4 * Megabyte);
        await _node.MustServeAsync(cancellationToken);
    }

    [Test]
    public async Task WhoBreaksOffOrFallsSilentHoldsUpNobody(CancellationToken cancellationToken)
    {
        var good = "{\"verb\":\"observe\"}\n"u8.ToArray();
        var silent = new List<Stream>();
        for (var length = 0; length < good.Length; length++)
        {
            (await _node.SayAsync(good.AsMemory(0, length), cancellationToken)).Should().BeEmpty();
            var stream = await _node.ConnectAsync(cancellationToken);
            await stream.WriteAsync(good.AsMemory(0, length), cancellationToken);
            silent.Add(stream);
        }

        await _node.MustServeAsync(cancellationToken);
        silent.ForEach(stream => stream.Dispose());
    }

    [Test]
    public async Task ManyConnectionsTakeABoundedNumberOfFiles(CancellationToken cancellationToken)
    {
        var before = _node.OpenFiles();
        var many = new List<Stream>();
        var refused = 0;
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (many.Count < 600 && refused < 50)
        {
            try
            {
                many.Add(await _node.ConnectAsync(cancellationToken));
                refused = 0;
            }
            catch (System.Net.Sockets.SocketException)
            {
                // The backlog is full: for a moment, or until somebody goes.
                refused++;
                await ticks.WaitForNextTickAsync(cancellationToken);
            }
        }

        (_node.OpenFiles() - before).Should().BeLessThan(300);
        many.Count.Should().BeInRange(250, 400);
        many.ForEach(stream => stream.Dispose());
        // What still stands in the backlog is let go before a next one finds room there.
        await MustLetGoAsync(before, cancellationToken);
        await _node.MustServeAsync(cancellationToken);
    }

    [Test]
    public async Task WatchersThatAreGoneAreForgotten(CancellationToken cancellationToken)
    {
        var before = _node.OpenFiles();
        for (var i = 0; i < 500; i++)
        {
            await using var stream = await _node.ConnectAsync(cancellationToken);
            await stream.WriteAsync("{\"verb\":\"watch\"}\n"u8.ToArray(), cancellationToken);
            await stream.ReadExactlyAsync(new byte[1], cancellationToken);
        }

        await MustLetGoAsync(before, cancellationToken);
        await _node.MustServeAsync(cancellationToken);
    }

    [Test]
    public async Task RandomLinesEndNothingButTheirOwnConnection(CancellationToken cancellationToken)
    {
        string[] good =
        [
            "{\"verb\":\"observe\"}", "{\"verb\":\"measure\",\"on\":false}", "{\"verb\":\"unhealthy\",\"on\":false}",
            "{\"verb\":\"move-client\",\"client\":\"c\",\"destination\":\"n1,127.0.0.1\"}",
            "{\"verb\":\"change-address\",\"client\":\"c\",\"address\":\"127.0.0.1\",\"on\":true}",
            "{\"verb\":\"force-unregister\",\"key\":\"00112233-4455-6677-8899-aabbccddeeff\"}",
            "{\"verb\":\"force-response\",\"client\":\"c\",\"response\":\"AAAAAA==\"}",
            "{\"verb\":\"heal\"}", "{\"verb\":\"move-share\",\"share\":\"failover\",\"node\":\"n1\"}",
        ];
        for (var seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            var line = HostileText.Mutate(Encoding.UTF8.GetBytes(good[random.Next(good.Length)]), random);
            var answers = await _node.SayAsync((byte[])[.. line, (byte)'\n'], cancellationToken);
            foreach (var answer in answers)
            {
                Parse(answer);
            }
        }

        await _node.MustServeAsync(cancellationToken);
    }

    private async Task MustLetGoAsync(int files, CancellationToken cancellationToken)
    {
        var back = await Poll.UntilAsync(
            () => Task.FromResult(_node.OpenFiles() <= files + 10 ? "" : null), Limit, TimeProvider.System,
            cancellationToken);
        back.Should().NotBeNull($"{_node.OpenFiles()} files are open, {files} were");
    }

    private static string MustBeRefusal(string answer)
    {
        var response = Parse(answer);
        response.Ok.Should().BeFalse();
        response.Error.Should().NotBeNullOrWhiteSpace();
        response.Error!.Length.Should().BeLessThan(400, "it is one line for people");
        response.Error.Should().NotContainAny("   at ", "Exception");
        return response.Error;
    }

    private static ControlResponse Parse(string answer) =>
        JsonSerializer.Deserialize(answer, ControlJson.Default.ControlResponse)!;
}
