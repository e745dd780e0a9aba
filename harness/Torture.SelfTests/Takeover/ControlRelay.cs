using System.Diagnostics;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using Torture.ReferenceServer.Control;

namespace Torture.SelfTests.Takeover;

/// <summary><c>torture-node control</c>: a node's control port through standard input and output.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ControlRelay : IDisposable
{
    private readonly LoneNode _world = new();

    public void Dispose() => _world.Dispose();

    [Test, CancelAfter(60_000)]
    public async Task RequestsAndAnswersGoThrough(CancellationToken cancellationToken)
    {
        using var node = await _world.StartAsync(cancellationToken);
        using var control = Control(LoneNode.Name);

        var first = await AskAsync(control, """{"verb":"observe"}""", cancellationToken);
        var second = await AskAsync(control, """{"verb":"nonesuch"}""", cancellationToken);

        first.Status!.Node.Should().Be(LoneNode.Name);
        first.Status.ProcessId.Should().Be(node.Id);
        second.Error.Should().Be("unknown verb \"nonesuch\"");
        (await _world.EndAsync(control, cancellationToken)).Should().Be((0, ""));
    }

    [Test, CancelAfter(60_000)]
    public async Task AnswersComeAlthoughTheInputHasEnded(CancellationToken cancellationToken)
    {
        using var node = await _world.StartAsync(cancellationToken);
        using var control = Control(LoneNode.Name);
        await control.StandardInput.WriteAsync("{\"verb\":\"measure\"}\n{\"verb\":\"observe\"}\n");
        control.StandardInput.Close();

        var answers = await control.StandardOutput.ReadToEndAsync(cancellationToken);

        answers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(2);
    }

    [Test, CancelAfter(60_000)]
    public async Task EventsComeUntilTheInputEnds(CancellationToken cancellationToken)
    {
        using var node = await _world.StartAsync(cancellationToken);
        using var watch = Control(LoneNode.Name);
        (await AskAsync(watch, """{"verb":"watch"}""", cancellationToken)).Status.Should().NotBeNull();
        using var other = Control(LoneNode.Name);
        await AskAsync(other, """{"verb":"disable"}""", cancellationToken);

        ControlResponse heard;
        do
        {
            heard = Read((await watch.StandardOutput.ReadLineAsync(cancellationToken))!);
        }
        while (heard.Event is not { Kind: NodeEventKind.State, State: MemberState.Disabled });

        (await _world.EndAsync(watch, cancellationToken)).Should().Be((0, ""));
    }

    [Test, CancelAfter(60_000)]
    public async Task ANodeThatEndsEndsIt(CancellationToken cancellationToken)
    {
        using var node = await _world.StartAsync(cancellationToken);
        using var control = Control(LoneNode.Name);
        await AskAsync(control, """{"verb":"observe"}""", cancellationToken);

        node.Kill();

        await control.WaitForExitAsync(cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task WithoutANodeItIsAClearLine(CancellationToken cancellationToken)
    {
        using var control = Control(LoneNode.Name);
        var (code, complaint) = await _world.EndAsync(control, cancellationToken);
        code.Should().Be(3);
        complaint.Should().StartWith("torture-node: n1 does not answer at ").And.NotContain("\n");

        using var other = Control("n7");
        (await _world.EndAsync(other, cancellationToken)).Should().Be(
            (3, "torture-node: no node \"n7\" in cluster lone: there are n1"));
    }

    private Process Control(string node) => _world.Run([], "control", "--cluster", _world.ClusterFilePath, node);

    private static async Task<ControlResponse> AskAsync(
        Process control, string request, CancellationToken cancellationToken)
    {
        await control.StandardInput.WriteLineAsync(request.AsMemory(), cancellationToken);
        await control.StandardInput.FlushAsync(cancellationToken);
        return Read((await control.StandardOutput.ReadLineAsync(cancellationToken))!);
    }

    private static ControlResponse Read(string line) =>
        JsonSerializer.Deserialize(line, ControlJson.Default.ControlResponse)!;
}
