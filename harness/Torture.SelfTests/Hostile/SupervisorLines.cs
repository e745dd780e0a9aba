using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using Torture.ReferenceServer.Control;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.Hostile;

/// <summary>Whatever is said to a supervisor, on standard input or its socket: one line back, and it goes on.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000)]
public sealed class SupervisorLines : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _supervisor;

    public SupervisorLines()
    {
        var cluster = new ClusterConfiguration
        {
            Name = "hostile",
            NetName = "CLUSTER",
            Nodes = [new NodeEntry("n1", new([127, 99, 9, 11]), new([127, 99, 9, 31]))],
            PublicAddresses = [new([127, 99, 9, 101])],
            Lock = new LockSettings(LockKind.Lease, Path.Combine(ControlFolder, "lock")),
            ControlFolder = ControlFolder,
            Supervisor = Path.Combine(ControlFolder, "keep.sock"),
        };
        File.WriteAllText(ClusterFilePath, ClusterFile.Write(cluster));
        var program = Path.Combine(AppContext.BaseDirectory, "torture-node.dll");
        _supervisor = Process.Start(new ProcessStartInfo("dotnet", [program, "keep", "--cluster", ClusterFilePath])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    private string ClusterFilePath => Path.Combine(_folder.Path, "cluster.json");

    private string ControlFolder => Path.Combine(_folder.Path, "control");

    public void Dispose()
    {
        _supervisor.Kill();
        _supervisor.WaitForExit();
        _supervisor.Dispose();
        _folder.Dispose();
    }

    [TestCase("")]
    [TestCase("hello")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"verb\":null}")]
    [TestCase("{\"verb\":7}")]
    [TestCase("{\"verb\":\"status\",\"id\":\"x\"}")]
    [TestCase("{\"verb\":\"status\",\"id\":1e99}")]
    [TestCase("{\"verb\":\"status\"")]
    [TestCase("{\"verb\":\"no-such-verb\"}")]
    [TestCase("{\"verb\":\"spawn\"}")]
    [TestCase("{\"verb\":\"spawn\",\"node\":\"n9\"}")]
    [TestCase("{\"verb\":\"kill\",\"node\":\"n1\"}")]
    [TestCase("{\"verb\":\"kill\"}")]
    [TestCase("{\"verb\":\"unplug\",\"address\":\"1.2.3.4\"}")]
    [TestCase("{\"verb\":\"unplug\",\"address\":\"nowhere\"}")]
    [TestCase("{\"verb\":\"unplug\"}")]
    [TestCase("{\"verb\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}")]
    public async Task NonsenseIsRefusedAndItGoesOn(string line, CancellationToken cancellationToken)
    {
        await SendAsync(line, cancellationToken);

        MustBeRefusal(await AnswerAsync(cancellationToken));
        await MustGoOnAsync(cancellationToken);
    }

    [Test]
    public async Task RandomLinesAreAnsweredOneByOne(CancellationToken cancellationToken)
    {
        var good = "{\"verb\":\"unplug\",\"id\":3,\"node\":\"n1\",\"address\":\"127.99.9.101\"}"u8.ToArray();
        for (var seed = 0; seed < 300; seed++)
        {
            var line = HostileText.Mutate(good, new Random(seed)).Where(octet => octet != '\n').ToArray();
            await _supervisor.StandardInput.BaseStream.WriteAsync((byte[])[.. line, (byte)'\n'], cancellationToken);
            await _supervisor.StandardInput.BaseStream.FlushAsync(cancellationToken);
            (await AnswerAsync(cancellationToken)).Should().NotBeNull();
        }

        await MustGoOnAsync(cancellationToken);
    }

    [Test]
    public async Task ALineThatNeverEndsEndsItAndAllThatItMade(CancellationToken cancellationToken)
    {
        await MustGoOnAsync(cancellationToken);
        var chunk = new byte[64 * 1024];
        Array.Fill(chunk, (byte)'x');
        var sent = 0L;
        try
        {
            while (sent < 64 << 20)
            {
                await _supervisor.StandardInput.BaseStream.WriteAsync(chunk, cancellationToken);
                await _supervisor.StandardInput.BaseStream.FlushAsync(cancellationToken);
                sent += chunk.Length;
            }
        }
        catch (IOException)
        {
        }

        sent.Should().BeLessThan(1 << 20);
        MustBeRefusal(await AnswerAsync(cancellationToken)).Should().Contain("longer than");
        await _supervisor.WaitForExitAsync(cancellationToken);
        Directory.Exists(ControlFolder).Should().BeFalse();
        File.Exists(ClusterFilePath).Should().BeFalse();
    }

    [TestCase("hello\n", true)]
    [TestCase("{\"verb\":\"kill\",\"node\":\"n1\"}\n", true)]
    [TestCase("{\"verb\":\"spawn\",\"node\":\"n1\"}\n", true)]
    [TestCase("{\"verb\":\"unplug\",\"address\":\"nowhere\"}\n", true)]
    [TestCase("{\"verb\":\"unpl", false)]
    public async Task ItsSocketServesNothingButUnplug(
        string text, bool isAnswered, CancellationToken cancellationToken)
    {
        await MustGoOnAsync(cancellationToken);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(ControlFolder, "keep.sock");
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        using var reader = new StreamReader(new NetworkStream(socket));
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        socket.Shutdown(SocketShutdown.Send);

        var said = await reader.ReadToEndAsync(cancellationToken);
        var answers = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        answers.Should().HaveCount(isAnswered ? 1 : 0);
        foreach (var answer in answers)
        {
            MustBeRefusal(JsonSerializer.Deserialize(answer, KeepJson.Default.KeepMessage));
        }

        await MustGoOnAsync(cancellationToken);
    }

    private async Task MustGoOnAsync(CancellationToken cancellationToken)
    {
        await SendAsync("{\"verb\":\"status\",\"id\":42}", cancellationToken);
        var answer = await AnswerAsync(cancellationToken);
        (answer!.Ok, answer.Id).Should().Be((true, 42L));
    }

    private async Task SendAsync(string line, CancellationToken cancellationToken)
    {
        await _supervisor.StandardInput.WriteAsync($"{line}\n".AsMemory(), cancellationToken);
        await _supervisor.StandardInput.FlushAsync(cancellationToken);
    }

    private async Task<KeepMessage?> AnswerAsync(CancellationToken cancellationToken) =>
        await _supervisor.StandardOutput.ReadLineAsync(cancellationToken) is { } line
            ? JsonSerializer.Deserialize(line, KeepJson.Default.KeepMessage)
            : null;

    private static string MustBeRefusal(KeepMessage? answer)
    {
        answer!.Ok.Should().BeFalse();
        answer.Error.Should().NotBeNullOrWhiteSpace().And.NotContain("   at ").And.NotContain("\n");
        return answer.Error!;
    }
}
