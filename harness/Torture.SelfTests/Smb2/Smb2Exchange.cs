using System.Buffers.Binary;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol;
using Torture.Protocol.Smb2;
using Torture.SelfTests.Security;

namespace Torture.SelfTests.Smb2;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class Smb2Exchange
{
    private readonly StreamPair pair = new();
    private readonly List<string> log = [];
    private Task serving = Task.CompletedTask;

    [TearDown]
    public async Task End()
    {
        await pair.Client.DisposeAsync();
        await serving.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [TestCase(Smb2Dialect.Smb202)]
    [TestCase(Smb2Dialect.Smb210)]
    [TestCase(Smb2Dialect.Smb302)]
    [TestCase(Smb2Dialect.Smb311)]
    public async Task NegotiateAndNumberedEchoes(Smb2Dialect highest)
    {
        Serve();
        Smb2Dialect[] all = [.. new Smb2ClientOptions(NtlmEnds.Clock, new Random(1)).Dialects.Where(d => d <= highest)];

        await using var client = await ConnectAsync(all);

        client.Dialect.Should().Be(highest);
        for (var number = 1ul; number <= 600; number++)
        {
            (await client.EchoAsync(default)).Should()
                .Be(new Smb2EchoResult(Smb2Outcome.Ok, number, NtStatus.STATUS_SUCCESS));
        }
    }

    [Test]
    public async Task AnEchoWithoutAnAnswerIsIndeterminate()
    {
        await using var client = await ConnectAsync(serve: ServeOnceAsync);

        var lost = await client.EchoAsync(default);
        var unsent = await client.EchoAsync(default);

        lost.Outcome.Should().Be(Smb2Outcome.Indeterminate);
        lost.MessageId.Should().Be(1);
        unsent.Outcome.Should().Be(Smb2Outcome.Failed);
        unsent.MessageId.Should().BeNull();
    }

    [Test]
    public async Task AnEchoThatRunsOutOfTimeIsIndeterminate()
    {
        var stuck = await EchoToASilentServerAsync();

        stuck.Outcome.Should().Be(Smb2Outcome.Indeterminate);
        stuck.Reason.Should().Contain("no answer");
    }

    [Test]
    public async Task ARefusedNegotiationTellsTheStatus()
    {
        Serve();

        var connect = () => ConnectAsync([(Smb2Dialect)0x0999]);

        (await connect.Should().ThrowAsync<ProtocolException>()).WithMessage("*STATUS_NOT_SUPPORTED*");
    }

    [TestCase(Smb2Command.SESSION_SETUP, NtStatus.STATUS_NOT_SUPPORTED, true)]
    [TestCase(Smb2Command.TREE_CONNECT, NtStatus.STATUS_USER_SESSION_DELETED, false)]
    [TestCase(Smb2Command.CREATE, NtStatus.STATUS_USER_SESSION_DELETED, false)]
    [TestCase((Smb2Command)0x20, NtStatus.STATUS_INVALID_PARAMETER, false)]
    public async Task OtherCommands(Smb2Command command, NtStatus status, bool closes)
    {
        Serve();
        await NegotiateRawAsync();

        var (header, body) = await CallAsync(new Smb2Header(command, 1), new byte[25]);
        var next = await CallOrEndAsync(new Smb2Header(Smb2Command.ECHO, 2), Smb2Body.Echo.ToArray());

        header.Status.Should().Be(status);
        body.Should().Equal(Smb2Body.Error.ToArray());
        (next is null).Should().Be(closes);
    }

    [Test]
    public async Task AnEchoOfAnotherSizeIsInvalid()
    {
        Serve();
        await NegotiateRawAsync();

        var (header, _) = await CallAsync(new Smb2Header(Smb2Command.ECHO, 1), [5, 0, 0, 0]);

        header.Status.Should().Be(NtStatus.STATUS_INVALID_PARAMETER);
    }

    [Test]
    public async Task ACompoundOfEchoesIsAnsweredOneByOne()
    {
        Serve();
        await NegotiateRawAsync(credits: 4);
        var first = new Smb2Header(Smb2Command.ECHO, 1) { NextCommand = 72 }.Frame([4, 0, 0, 0, 0, 0, 0, 0]);
        var second = new Smb2Header(Smb2Command.ECHO, 2).Frame(Smb2Body.Echo);
        byte[] both = [.. first, .. second.AsSpan(4)];
        BinaryPrimitives.WriteInt32BigEndian(both, both.Length - 4);

        await pair.Client.WriteAsync(both);

        Smb2Header.Parse(await ReadAsync()).MessageId.Should().Be(1);
        Smb2Header.Parse(await ReadAsync()).MessageId.Should().Be(2);
    }

    [Test]
    public async Task WhatEndsTheConnectionWithoutAnAnswer([Range(0, 9)] int kind)
    {
        Serve();
        if (kind > 1)
        {
            await NegotiateRawAsync();
        }

        var echo = new Smb2Header(Smb2Command.ECHO, 1).Frame(Smb2Body.Echo);
        byte[] bytes = kind switch
        {
            0 => new Smb2Header(Smb2Command.ECHO, 0).Frame(Smb2Body.Echo),
            1 => new Smb2Header(Smb2Command.NEGOTIATE, 5).Frame(Request()),
            2 => new Smb2Header(Smb2Command.NEGOTIATE, 1).Frame(Request()),
            3 => new Smb2Header(Smb2Command.ECHO, 0).Frame(Smb2Body.Echo),
            4 => new Smb2Header(Smb2Command.ECHO, 99).Frame(Smb2Body.Echo),
            5 => [0x85, 0, 0, 0],
            6 => [0, 0xFF, 0xFF, 0xFF],
            7 => [0, 0, 0, 68, .. new byte[68]],
            8 => [.. echo[..24], 12, .. echo[25..]],
            _ => [.. echo[..20], 1, .. echo[21..]],
        };

        await pair.Client.WriteAsync(bytes);

        (await ReadOrEndAsync()).Should().BeNull();
        log.Should().ContainSingle().Which.Should().Contain("[MS-SMB2]");
    }

    [Test]
    public async Task RandomBytesEndTheConnectionAndNothingElse()
    {
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var streams = new StreamPair();
            var end = Server().ServeAsync(streams.Server, default);
            var bytes = new byte[random.Next(4, 300)];
            random.NextBytes(bytes);
            if (round % 2 == 0)
            {
                var frame = new Smb2Header(Smb2Command.NEGOTIATE, 0).Frame(Request());
                frame.AsSpan(0, Math.Min(frame.Length, random.Next(bytes.Length))).CopyTo(bytes);
            }

            await streams.Client.WriteAsync(bytes);
            await streams.Client.DisposeAsync();
            await end.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    [TestCase(0, NtStatus.STATUS_INVALID_PARAMETER)]
    [TestCase(2, NtStatus.STATUS_INVALID_PARAMETER)]
    [TestCase(1, NtStatus.STATUS_SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP)]
    public async Task PreauthContextsOfSmb311(int count, NtStatus status)
    {
        Serve();
        var context = new Smb2NegotiateContext((Smb2NegotiateContextType)1, new byte[] { 1, 0, 0, 0, 9, 9 });
        var request = new Smb2NegotiateRequest([Smb2Dialect.Smb311], default)
        {
            Contexts = [.. Enumerable.Repeat(context, count)],
        };

        var (header, _) = await CallAsync(new Smb2Header(Smb2Command.NEGOTIATE, 0), request.Encode());

        header.Status.Should().Be(status);
    }

    private static byte[] Request() => new Smb2NegotiateRequest([Smb2Dialect.Smb210], default).Encode();

    private async Task<Smb2EchoResult> EchoToASilentServerAsync()
    {
        var answer = new Smb2Header(Smb2Command.NEGOTIATE, 0)
        {
            Flags = Smb2HeaderFlags.SMB2_FLAGS_SERVER_TO_REDIR,
            Credits = 1,
        };
        await pair.Server.WriteAsync(
            answer.Frame(new Smb2NegotiateResponse(Smb2Dialect.Smb210, default, 0).Encode()));
        var time = new Witness.ManualTime();
        var options = new Smb2ClientOptions(time, new Random(1)) { Timeout = TimeSpan.FromSeconds(5) };
        await using var client = await Smb2Client.NegotiateAsync(pair.Client, options, default);
        var echo = client.EchoAsync(default);
        time.Advance(TimeSpan.FromSeconds(5));
        return await echo;
    }

    private Smb2Server Server() => new(new Smb2ServerOptions(NtlmEnds.Clock, new Random(2)) { Log = log.Add });

    private void Serve() => serving = Server().ServeAsync(pair.Server, default);

    private async Task<Smb2Client> ConnectAsync(
        IReadOnlyList<Smb2Dialect>? dialects = null, Func<Stream, Task>? serve = null)
    {
        serving = serve?.Invoke(pair.Server) ?? serving;
        var options = new Smb2ClientOptions(NtlmEnds.Clock, new Random(1));
        options = dialects is null ? options : options with { Dialects = dialects };
        return await Smb2Client.NegotiateAsync(pair.Client, options, default);
    }

    /// <summary>Answers the NEGOTIATE, reads one more message and hangs up.</summary>
    private static async Task ServeOnceAsync(Stream stream)
    {
        var framing = new Smb2Framing(stream);
        await framing.ReadAsync(default);
        var answer = new Smb2Header(Smb2Command.NEGOTIATE, 0)
        {
            Flags = Smb2HeaderFlags.SMB2_FLAGS_SERVER_TO_REDIR,
            Credits = 1,
        };
        await stream.WriteAsync(answer.Frame(new Smb2NegotiateResponse(Smb2Dialect.Smb210, default, 0).Encode()));
        await framing.ReadAsync(default);
        await stream.DisposeAsync();
    }

    private async Task NegotiateRawAsync(ushort credits = 2) =>
        await CallAsync(new Smb2Header(Smb2Command.NEGOTIATE, 0) { Credits = credits }, Request());

    private async Task<(Smb2Header Header, byte[] Body)> CallAsync(Smb2Header header, byte[] body) =>
        await CallOrEndAsync(header, body) ?? throw new EndOfStreamException();

    private async Task<(Smb2Header Header, byte[] Body)?> CallOrEndAsync(Smb2Header header, byte[] body)
    {
        await pair.Client.WriteAsync(header.Frame(body));
        return await ReadOrEndAsync() is { } message
            ? (Smb2Header.Parse(message), message[Smb2Header.Size..])
            : null;
    }

    private async Task<byte[]> ReadAsync() => await ReadOrEndAsync() ?? throw new EndOfStreamException();

    private async Task<byte[]?> ReadOrEndAsync()
    {
        var prefix = new byte[4];
        if (await pair.Client.ReadAtLeastAsync(prefix, 4, throwOnEndOfStream: false) < 4)
        {
            return null;
        }

        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
        await pair.Client.ReadExactlyAsync(message);
        return message;
    }
}
