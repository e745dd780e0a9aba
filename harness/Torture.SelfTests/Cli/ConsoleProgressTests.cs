using FluentAssertions;
using NUnit.Framework;
using Torture.Cli.Progress;
using Torture.Harness.Results;
using Torture.SelfTests.Reports;

namespace Torture.SelfTests.Cli;

public sealed class ConsoleProgressTests
{
    private static readonly ConsoleStyle Terminal = new(IsTerminal: true, HasColour: false, Width: 70);

    [Test]
    public void FailureIsToldAsItComes()
    {
        var text = Tell(ConsoleStyle.Plain, (progress, run) => progress.Finished(Failed(run)));

        text.Should().StartWith("x rpc.witness.KeepAlive.Elapses")
            .And.EndWith("       again  torture run rpc.witness.KeepAlive.Elapses --target loopback\n");
    }

    [Test]
    public void PassingCaseIsNoLineOfAPipe() =>
        Tell(ConsoleStyle.Plain, (progress, run) => progress.Finished(run.Cases[0])).Should().BeEmpty();

    [Test]
    public void LastLineTellsTheVerdictAndWhereTheReportIs()
    {
        var text = Tell(ConsoleStyle.Plain, (progress, run) => progress.End(run, "out/latest/report.html"));

        text.Should().Contain("Does not conform. 2 of 72 cases failed and broke")
            .And.Contain("2 failed, 1 inconclusive, 1 not strict, 1 not supported, 67 passed in 3 min 23 s")
            .And.EndWith("report: out/latest/report.html\n");
    }

    [Test]
    public void TerminalShowsWhatIsRunningInOneLine()
    {
        var text = Tell(Terminal, (progress, run) =>
        {
            progress.Planned(72);
            progress.Started("rpc.witness.KeepAlive.Elapses");
            progress.Started("rpc.witness.A.VeryLongNameThatWouldNotFitOnOneLineOfTheTerminalAtAll");
        });
        var painted = text.Split("\r\e[K", StringSplitOptions.RemoveEmptyEntries);

        painted[^1].Should().StartWith("0/72  ").And.Contain("running rpc.witness.KeepAlive.Elapses (");
        painted.Should().OnlyContain(line => line.Length < 70);
        text.Should().NotContain("\n");
    }

    [Test]
    public void LiveLineIsGoneBeforeAnythingIsPrinted()
    {
        var text = Tell(Terminal, (progress, run) =>
        {
            progress.Planned(72);
            progress.Finished(Failed(run));
        });

        text.Should().Contain("\r\e[Kx rpc.witness.KeepAlive.Elapses").And.EndWith("1/72  1 failed  0.00 s");
    }

    [Test]
    public void ServerSentTextCannotSteerTheTerminal()
    {
        var hostile = SampleRun.Whole().Cases.First(result => result.Id == "rpc.witness.InterfaceNames.Shown") with
        {
            Reason = "\e[2J\aowned",
        };

        Tell(ConsoleStyle.Plain, (progress, _) => progress.Finished(Told(hostile)))
            .Should().NotContain("\e").And.NotContain("\a").And.Contain("\\u001B[2J\\u0007owned");
    }

    [Test]
    public void ColourIsForTheFirstLine() =>
        (ConsoleStyle.Plain with { HasColour = true }).Colour(Verdict.Failed, "one\ntwo")
            .Should().Be("\e[31mone\e[0m\ntwo");

    private static CaseResult Failed(RunResults run) =>
        Told(run.Cases.First(result => result.Id == SampleRun.KeepAlive));

    private static CaseResult Told(CaseResult result) =>
        result with { Message = FailureText.Of(result, "loopback") };

    private static string Tell(ConsoleStyle style, Action<ConsoleProgress, RunResults> tell)
    {
        var output = new StringWriter { NewLine = "\n" };
        using var progress = new ConsoleProgress(output, style, new StandingTime());

        tell(progress, SampleRun.Whole());

        return output.ToString();
    }

    /// <summary>A clock that stands: no timer ever fires.</summary>
    private sealed class StandingTime : TimeProvider
    {
        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan due, TimeSpan period) =>
            new NoTimer();

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan due, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
