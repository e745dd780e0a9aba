using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;

namespace Torture.SelfTests.Captures;

public sealed class LiveCapture
{
    private static readonly IPAddress Address = IPAddress.Parse("127.66.7.1");

    [Test]
    public async Task AMarkerIsSeenAfterEverythingBeforeIt()
    {
        RequirePrivilege();
        using var sender = MarkerSender.ToSelf(Address);
        var file = Path.Combine(Path.GetTempPath(), $"torture-live-{Environment.ProcessId}.pcapng");
        try
        {
            await using (var session = Start(sender, file))
            {
                await session.FlushAsync();
                var before = await session.MarkAsync(1, Marker.Fault, "kill n1");
                await TalkAsync("hello");
                await session.FlushAsync();

                var trace = session.Snapshot();
                var connection = trace.Connections.Should().ContainSingle().Subject;
                connection.Syn!.Value.Frame.Should().BeGreaterThan(before.At.Frame);
                connection.ClientPayloads.Length.Should().Be(1);
                trace.Markers.Select(m => m.Marker.Number).Should().Equal(-1, 1, -2);
                session.Statistics.Dropped.Should().Be(0);
                (await session.WaitForMarkerAsync(1)).Should().Be(before);
                await session.WaitUntilAsync(t => t.LastMarker!.Marker.Number == -2);
            }

            var packets = CaptureFile.Read(file, w => Assert.Fail(w)).ToList();
            packets.Select(p => p.Comment).Should().Contain("marker 1 fault: kill n1");
            TraceBuilder.Read(packets).Markers.Should().HaveCount(3);
            packets.Should().Contain(p => p.TimeNanoseconds % 1000 != 0, "time stamps have nanoseconds");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public async Task AMarkerThatTheCaptureCannotSeeIsAClearError()
    {
        RequirePrivilege();
        await using var session = CaptureSession.Start(
            LibpcapDevice.Open("lo", new LibpcapOptions { Filter = "host 127.66.7.2" }),
            new CaptureSessionOptions
            {
                RunId = "r", Send = _ => { }, MarkerLimit = TimeSpan.FromMilliseconds(1),
            });

        var mark = () => session.MarkAsync(1, Marker.Fault, "");

        (await mark.Should().ThrowAsync<CaptureException>()).WithMessage("marker 1 was not seen on lo within 0 s");
    }

    [Test]
    public async Task AnEndedSessionRefusesAndFailsWhoWaits()
    {
        var device = new BrokenDevice();
        var session = CaptureSession.Start(device, new CaptureSessionOptions { RunId = "r", Send = _ => { } });
        var waiting = session.WaitUntilAsync(_ => false);
        device.Break.SetResult();

        await ((Func<Task>)(() => waiting)).Should().ThrowAsync<CaptureException>()
            .WithMessage("capture on fake failed*");
        await ((Func<Task>)(() => session.FlushAsync())).Should().ThrowAsync<CaptureException>();
        await session.DisposeAsync();
        device.IsDisposed.Should().BeTrue();
    }

    [Test]
    public void ErrorsAreOneClearLine()
    {
        RequirePrivilege();

        ((Action)(() => LibpcapDevice.Open("nosuch0"))).Should().Throw<CaptureException>()
            .WithMessage("cannot capture on nosuch0: there is no such interface");
        ((Action)(() => LibpcapDevice.Open("lo", new LibpcapOptions { Filter = "tcp and (" })))
            .Should().Throw<CaptureException>().WithMessage("malformed capture filter 'tcp and (':*");
    }

    private static void RequirePrivilege()
    {
        if (LibpcapDevice.WhyNot() is { } reason)
        {
            Assert.Ignore(reason);
        }
    }

    [Test]
    public async Task ManyMayMarkAtOnce()
    {
        using var sender = MarkerSender.ToSelf(Address);

        var all = Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var number = 0; number < 5_000; number++)
            {
                sender.Send(new Marker("many", number, 0, Marker.Flush, $"{worker}"));
            }
        }));

        await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static CaptureSession Start(MarkerSender sender, string file) => CaptureSession.Start(
        LibpcapDevice.Open("lo", new LibpcapOptions { Filter = $"host {Address}" }),
        new CaptureSessionOptions { Path = file, RunId = "run", Send = sender.Send });

    private static async Task TalkAsync(string text)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(Address, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        using var server = await listener.AcceptAsync();
        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(text));
        await server.ReceiveAsync(new byte[64]);
    }

    private sealed class BrokenDevice : ICaptureDevice
    {
        public TaskCompletionSource Break { get; } = new();

        public bool IsDisposed { get; private set; }

        public string Name => "fake";

        public LinkType Link => LinkType.Raw;

        public int SnapLength => 0;

        public string Filter => "";

        public CapturedPacket? Read(TimeSpan wait)
        {
            Break.Task.Wait();
            throw new CaptureException("capture on fake failed: the interface went away");
        }

        public CaptureStatistics Statistics() => default;

        public void Dispose() => IsDisposed = true;
    }
}
