using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using Torture.Cli.Bench;
using Torture.Harness.Results;

namespace Torture.SelfTests.Cli.Bench;

public sealed class FiguresTests
{
    [Test]
    public void LineSaysWhetherTheGoalWasMet()
    {
        var text = Written(asJson: false, figures =>
        {
            figures.Add("privacy calls", 34100.4, "1/s", Goal.AtLeast(20000));
            figures.Add("last notification", 1500, "ms", Goal.AtMost(1000));
            figures.Add("latency mean", 0.123456, "ms");
        });

        text.Split(Environment.NewLine).Should().Equal(
            "rpc\tprivacy calls\t34100\t1/s\t>= 20000\tmet",
            "rpc\tlast notification\t1500\tms\t<= 1000\tmissed",
            "rpc\tlatency mean\t0.1235\tms",
            "");
    }

    [Test]
    public void JsonHasTheSame()
    {
        var text = Written(asJson: true, figures => figures.Add("calls", 5, "1/s", Goal.AtLeast(20)));

        var figure = JsonDocument.Parse(text).RootElement.EnumerateArray().Should().ContainSingle().Subject;
        figure.GetProperty("name").GetString().Should().Be("calls");
        figure.GetProperty("value").GetDouble().Should().Be(5);
        figure.GetProperty("met").GetBoolean().Should().BeFalse();
    }

    [TestCase(0, "0")]
    [TestCase(-12.3456, "-12.35")]
    [TestCase(1234567, "1234567")]
    [TestCase(0.00001, "0.000010")]
    public void NumbersHaveFourDigitsAndNoExponent(double value, string text) =>
        Figures.Text(value).Should().Be(text);

    [Test]
    public void FailoversBecomeDistributions()
    {
        var figures = new Figures("failover", TextWriter.Null, asJson: false);

        FailoverBench.Tell(figures, Enumerable.Range(1, 20).Select(Failover));

        Value(figures, "outage min").Should().Be(100);
        Value(figures, "outage median").Should().Be(1000);
        Value(figures, "outage p95").Should().Be(1900);
        Value(figures, "outage max").Should().Be(2000);
        Value(figures, "T2 taken count").Should().Be(10, "repeats without a packet do not count as zero");
        figures.All.Should().NotContain(figure => figure.Name.StartsWith("T4"), "no packet ever showed it");
    }

    [Test]
    public void RepeatWithoutAnEndIsTold()
    {
        var figures = new Figures("failover", TextWriter.Null, asJson: false);

        FailoverBench.Tell(figures, [Failover(1), Failover(2) with { Outage = null }, Failover(3)]);

        Value(figures, "repeats").Should().Be(3);
        figures.All.Single(figure => figure.Name == "repeats whose outage the packets show")
            .Should().Match<Figures.Figure>(figure => figure.Value == 2 && figure.Met == false);
        Value(figures, "outage count").Should().Be(2);
    }

    private static FailoverResult Failover(int number) => new()
    {
        Kind = "KillNode",
        Fault = "kill n1",
        Outage = TimeSpan.FromMilliseconds(100 * number),
        Milestones =
        [
            new("T2", "taken", number % 2 == 0 ? TimeSpan.FromMilliseconds(number) : null, null, null),
            new("T4", "registered", null, null, null),
        ],
    };

    private static double Value(Figures figures, string name) => figures.All.Single(f => f.Name == name).Value;

    private static string Written(bool asJson, Action<Figures> measure)
    {
        var output = new StringWriter();
        var figures = new Figures("rpc", output, asJson);
        measure(figures);
        figures.End();
        return output.ToString();
    }
}
