using System.Diagnostics;
using System.Net;
using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.Targets.Hooks;

namespace Torture.SelfTests.Hooks;

/// <summary>How steps of each kind run, and what they say when they do not.</summary>
public sealed class StepsRun
{
    private HookWorld _world = null!;

    [SetUp]
    public void SetUp() => _world = new HookWorld();

    [TearDown]
    public void TearDown() => _world.Dispose();

    [Test]
    public async Task AnArgumentStaysOneArgument()
    {
        _world.Script("say", "#!/bin/sh\nprintf '<%s>' \"$@\"");

        var said = await RunAsync(Exec("./say", "a b", "$HOME; rm -rf x", "", "'\""));

        said.Text.Should().Be("<a b><$HOME; rm -rf x><><'\">");
    }

    [Test]
    public async Task WhatFailsTellsItsLastLine()
    {
        _world.Script("fail", "#!/bin/sh\necho out\necho first >&2; echo 'no such node' >&2; exit 7");

        (await FailureOfAsync(Exec("./fail", "n1"))).Should().Be(
            "lab.yaml:1: hooks.kill.do: ended with 7: no such node [./fail n1]");
    }

    [TestCase("nowhere-to-be-found", "no program 'nowhere-to-be-found': it is neither a path nor on PATH")]
    [TestCase("./nothing", "no program './nothing': it is neither a path nor on PATH")]
    public async Task AProgramThatIsNotThereIsTold(string program, string told) =>
        (await FailureOfAsync(Exec(program))).Should().Contain(told);

    [Test]
    public async Task WhatHangsIsEndedWithItsWholeTree()
    {
        // A child, and a grandchild whose parent is gone: only their session still tells whose they are.
        _world.Script("hang", """
            #!/bin/sh
            sh -c 'sleep 600 & echo $! > orphan' &
            sleep 600 & echo $! > child
            echo $$ > self
            while [ ! -s orphan ]; do sleep 0.01; done
            touch hangs
            wait; sleep 600
            """);
        var began = Stopwatch.GetTimestamp();

        var failure = await FailureOfAsync(Exec("./hang") with { Deadline = TimeSpan.FromSeconds(2) });

        failure.Should().Contain("did not end within 2 s: killed with all that it started");
        Stopwatch.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(10));
        _world.Read("hangs").Should().NotBeNull("the script had begun");
        foreach (var file in new[] { "self", "child", "orphan" })
        {
            await UntilGoneAsync(int.Parse(_world.Read(file)!, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Test]
    public async Task WhoeverIsLeftBehindWithTheOutputDoesNotHoldItUp()
    {
        _world.Script("leave", "#!/bin/sh\nsleep 600 &\necho $! > left\necho done");
        try
        {
            (await RunAsync(Exec("./leave"))).Text.Should().Be("done\n");
        }
        finally
        {
            using var left = Process.GetProcessById(
                int.Parse(_world.Read("left")!, System.Globalization.CultureInfo.InvariantCulture));
            left.Kill();
        }
    }

    [Test]
    public async Task AFloodOfOutputIsCut()
    {
        _world.Script("flood", "#!/bin/sh\nhead -c 5000000 /dev/zero | tr '\\0' x");

        (await RunAsync(Exec("./flood"))).Text.Length.Should().Be(1 << 20);
    }

    [Test]
    public async Task ASecretReachesTheHookAndNoMessage()
    {
        var secrets = new Secrets(_world.Folder, TextReader.Null);
        var password = secrets.Read(new Secret("generate", "LAB_PASSWORD"), "password of alice");
        _world.Script("tell", "#!/bin/sh\necho \"wrong password $LAB_PASSWORD\" >&2; exit 1");

        var failure = await FailureOfAsync(Exec("./tell"), secrets);

        failure.Should().Contain("wrong password ***").And.NotContain(password);
    }

    [Test]
    public void ShQuotesForTheShellOfTheOtherSide()
    {
        var step = new SshStep("root@n1", ["ctdb", "moveip", "it's", "a b", "-n"], null)
        {
            Where = "", Deadline = TimeSpan.FromSeconds(7), Ssh = new SshSettings("ssh", ["-p", "2222"]),
        };

        SshCommand.ArgumentsOf(step).Should().Equal(
            "ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=7", "-p", "2222", "--", "root@n1",
            @"ctdb moveip 'it'\''s' 'a b' -n");
    }

    [Test]
    public void PowerShellGetsLiteralsThatNothingEscapes()
    {
        var step = new SshStep("n1", [], "Move-ClusterGroup -Name {share} -Node {to}")
        {
            Where = "", Deadline = TimeSpan.FromSeconds(7), Ssh = SshSettings.Default,
        };
        var filled = (SshStep)step.Fill(new HookValues(new Dictionary<string, string>
        {
            ["share"] = "it's; Remove-Item x", ["to"] = "n\u20192",
        }));

        var encoded = SshCommand.ArgumentsOf(filled)[^1].Split(' ')[^1];

        Encoding.Unicode.GetString(Convert.FromBase64String(encoded)).Should().EndWith(
            "Move-ClusterGroup -Name 'it''s; Remove-Item x' -Node 'n\u2019\u20192'");
    }

    [Test]
    public async Task SshRunsTheProgramOfTheFile()
    {
        _world.Script("my-ssh", "#!/bin/sh\nprintf '%s\\n' \"$@\"");
        var step = new SshStep("n1", ["uptime"], null)
        {
            Where = "", Deadline = TimeSpan.FromSeconds(7), Ssh = new SshSettings("./my-ssh", []),
        };

        (await RunAsync(step)).Text.Should().EndWith("n1\nuptime\n");
    }

    [Test]
    public async Task HttpSendsWhatTheFileSays()
    {
        Environment.SetEnvironmentVariable("TORTURE_SELFTEST_TOKEN", "t0ken");
        using var server = new HttpWorld(204, "");
        var step = Http(server.Url + "node/{node}?x={x}") with
        {
            Body = """{"node": "{node}", "why": "{{x}}"}""",
            Headers = new Dictionary<string, string> { ["X-Auth-Token"] = "env:TORTURE_SELFTEST_TOKEN" },
            User = "admin",
            Password = "env:TORTURE_SELFTEST_TOKEN",
        };

        await RunAsync(step.Fill(new HookValues(new Dictionary<string, string> { ["node"] = "n/1\"", ["x"] = "a&b" })));

        var (line, headers, body) = await server.Asked;
        line.Should().Be("POST /node/n%2F1%22?x=a%26b");
        headers["X-Auth-Token"].Should().Be("t0ken");
        headers["Authorization"].Should().Be("Basic " + Convert.ToBase64String("admin:t0ken"u8));
        body.Should().Be("""{"node": "n/1\u0022", "why": "{x}"}""");
    }

    [Test]
    public async Task AnAnswerThatIsNotExpectedIsAFailure()
    {
        using var server = new HttpWorld(409, "node is already down\nmore");

        (await FailureOfAsync(Http(server.Url))).Should().Contain(
            "answered 409, expected 200 or 204: node is already down [POST http://");
    }

    [Test]
    public async Task NobodyAtTheOtherEndIsAFailure()
    {
        var url = new HttpWorld(200, "").DisposeAndTellUrl();

        (await FailureOfAsync(Http(url))).Should().Contain("Connection refused");
    }

    [Test]
    public async Task APersonIsAskedAndWaitedFor()
    {
        var said = new StringWriter();
        var terminal = new HookTerminal(true, new StringReader("\n"), said);

        await new HookRunner(_world.Folder, new Secrets("", TextReader.Null), terminal)
            .RunAsync(Manual("Pull the plug of n1"), CancellationToken.None);

        said.ToString().Should().Contain(">>> Pull the plug of n1\n>>> Press Enter");
    }

    [Test]
    public async Task WithoutAPersonItIsRefused() =>
        (await FailureOfAsync(Manual("Pull the plug"))).Should().Contain("standard input is no terminal");

    [Test]
    public void WhatNothingIsKnownOfIsNotFilledIn()
    {
        var fill = () => new HookValues(new Dictionary<string, string>()).Fill("kill {node}");

        fill.Should().Throw<HookException>().WithMessage("nothing is known that {node} could stand for");
    }

    private static ExecStep Exec(params string[] arguments) => new(arguments)
    {
        Where = "lab.yaml:1: hooks.kill.do", Deadline = TimeSpan.FromSeconds(20),
    };

    private static HttpStep Http(string url) => new("POST", url, [200, 204])
    {
        Where = "lab.yaml:1: hooks.kill.do", Deadline = TimeSpan.FromSeconds(20),
    };

    private static ManualStep Manual(string text) => new(text)
    {
        Where = "lab.yaml:1: hooks.kill.do", Deadline = TimeSpan.FromSeconds(20),
    };

    private Task<HookOutput> RunAsync(HookStep step, Secrets? secrets = null) =>
        new HookRunner(_world.Folder, secrets ?? new Secrets(_world.Folder, TextReader.Null), HookWorld.Nobody)
            .RunAsync(step, CancellationToken.None);

    private async Task<string> FailureOfAsync(HookStep step, Secrets? secrets = null)
    {
        var run = () => RunAsync(step, secrets);
        return (await run.Should().ThrowAsync<HookException>()).Which.Message;
    }

    private static async Task UntilGoneAsync(int process)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (IsAlive(process))
        {
            await ticks.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[1][0] is not 'Z' and not 'X';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
