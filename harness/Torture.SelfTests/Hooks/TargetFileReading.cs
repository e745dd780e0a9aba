using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Targets.Hooks;

namespace Torture.SelfTests.Hooks;

/// <summary>What a target file says, and what it is told where it says something else.</summary>
public sealed class TargetFileReading
{
    private const string Whole = """
        version: 1
        name: lab-7                     # a comment
        netName: FS1
        aliases: [files.example.com]
        ssh: { options: [-p, "2222"] }
        nodes:
          - { name: n1, address: 192.0.2.21, address6: "2001:db8::21", private: 10.0.0.21, vars: { host: one } }
          - { name: n2, address: 192.0.2.22, address6: "2001:db8::22", vars: { host: two } }
        publicAddresses: [192.0.2.31, "2001:db8::31"]
        shares:
          - { name: data, kind: scaleOut }
          - { name: home, kind: failover }
        accounts:
          - { domain: LAB, user: alice, password: env:LAB_PASSWORD }
        ports: { endpointMapper: 1135 }
        limits: { failover: 90s, silence: 250ms, recovery: 2min }
        mode: faults
        allow: [kill, move-client]
        hooks:
          kill:
            deadline: 5s
            do: { ssh: { host: "root@{node.host}", command: [systemctl, kill, ctdb] } }
            undo: { ssh: { host: "root@{node.host}", command: [systemctl, start, ctdb] }, deadline: 1min }
            verify: [./is-up, "{node.address}", "{node.index}"]
          move-client:
            do: { http: { url: "https://{client}/{destination}", body: '{"to": "{destination}"}', expect: [204] } }
        lacks: { Ndr64: not implemented }
        """;

    [Test]
    public void ASaidThingIsRead()
    {
        var file = Read(Whole);

        file.Name.Should().Be("lab-7");
        file.Nodes[0].Should().Be(new Torture.Harness.Clusters.Node(
            "n1", IPAddress.Parse("192.0.2.21"), IPAddress.Parse("2001:db8::21"))
            { Private = IPAddress.Parse("10.0.0.21") });
        file.VariablesOf(file.Nodes[1]).Should().Contain("host", "two");
        file.Shares.Should().Equal(new Share("data", ShareKind.ScaleOut), new Share("home", ShareKind.Failover));
        file.Accounts.Single().Password.ToString().Should().Be("env:LAB_PASSWORD");
        file.Ports.Should().Be(new ClusterPorts(1135));
        file.Limits.Failover.Should().Be(TimeSpan.FromSeconds(90));
        file.Limits.Silence.Should().Be(TimeSpan.FromMilliseconds(250));
        file.MayBreak.Should().BeTrue();
        file.Allowed.Should().Equal("kill", "move-client");
        var kill = file.Hooks["kill"];
        kill.Do.Deadline.Should().Be(TimeSpan.FromSeconds(5));
        kill.Undo!.Deadline.Should().Be(TimeSpan.FromMinutes(1), "the step's own deadline counts");
        kill.Verify.Should().BeOfType<ExecStep>().Which.Arguments.Should().Equal(
            "./is-up", "{node.address}", "{node.index}");
        kill.Do.Where.Should().Be("lab.yaml:22: hooks.kill.do");
        file.Lacks.Should().Contain(Capability.Ndr64, "not implemented");
    }

    [TestCase("name: lab-7", "name: lab 7", "lab.yaml:2: name: expected a name of letters")]
    [TestCase("version: 1", "version: 2", "lab.yaml:1: version: expected 1, found '2'")]
    [TestCase("netName: FS1", "netNames: FS1", "lab.yaml:1: netName: missing: expected the name that clients register")]
    [TestCase("netName: FS1", "netNames: FS1", "lab.yaml:3: netNames: unknown key: expected accounts, aliases, allow")]
    [TestCase("192.0.2.22,", "192.0.222,", "nodes[1].address: expected an address of IPv4, found '192.0.222'")]
    [TestCase("host: two", "hots: two", "lab.yaml:7: nodes: node n2 has no variable 'host', another node has it")]
    [TestCase("kind: scaleOut", "kind: so", "shares[0].kind: expected scaleOut, failover or plain, found 'so'")]
    [TestCase("env:LAB_PASSWORD", "secret", "lab.yaml:14: accounts[0].password: a password does not belong into this")]
    [TestCase("env:LAB_PASSWORD", "generate:X", "accounts[0].password: generate needs the hook up")]
    [TestCase("1135", "113500", "ports.endpointMapper: expected a port, 1 to 65535, found '113500'")]
    [TestCase("90s", "90", "limits.failover: expected a time such as 250ms, 5s, 2min or 1h, found '90'")]
    [TestCase("mode: faults", "mode: yes", "lab.yaml:17: mode: expected read-only or faults, found 'yes'")]
    [TestCase("[kill, move-client]", "[kil]", "lab.yaml:18: allow[0]: unknown fault 'kil': expected kill, pause")]
    [TestCase("  kill:", "  reboot:", "lab.yaml:21: hooks.reboot: unknown fault: expected kill, pause, stop")]
    [TestCase("    undo:", "    undone:", "hooks.kill.undone: unknown key: expected deadline, do, undo or verify")]
    [TestCase("    undo:", "    undone:", "hooks.kill.undo: missing: expected a list of arguments, or a map")]
    [TestCase("\"{node.address}\"", "\"{to}\"", "lab.yaml:24: hooks.kill.verify: unknown placeholder {to}: expected")]
    [TestCase("[systemctl, kill, ctdb]", "systemctl", "hooks.kill.do.ssh.command: expected a list of arguments")]
    [TestCase("{ ssh: {", "{ shh: {", "hooks.kill.do: expected a list of arguments, or a map with one of exec, ssh")]
    [TestCase("[204]", "[ok]", "hooks.move-client.do.http.expect[0]: expected a status code such as 200, found 'ok'")]
    [TestCase("https://{client}", "{client}", "http.url: expected an address with http:// or https:// in front")]
    [TestCase("Ndr64", "Ndr65", "lacks.Ndr65: unknown capability: expected Capture, IPv6")]
    [TestCase("  - { name: n1,", "  - { name: n2,", "nodes[1]: a second node called 'n2'")]
    [TestCase("aliases: [files.example.com]", "aliases: files", "aliases: expected a list: names; found 'files'")]
    [TestCase("aliases: [files.example.com]", "name: again", "lab.yaml:4: name: given twice")]
    [TestCase("aliases: [files.example.com]", "aliases: &a [x]", "lab.yaml:4: aliases: anchors (&), aliases (*)")]
    [TestCase("aliases: [files.example.com]", "aliases: [x", "no YAML: something is open")]
    public void AWrongThingIsToldWithItsPlace(string right, string wrong, string problem) =>
        ProblemsOf(Whole.Replace(right, wrong, StringComparison.Ordinal)).Should().Contain(
            said => said.Contains(problem, StringComparison.Ordinal));

    [Test]
    public void APasswordInTheFileIsNotRepeated() =>
        ProblemsOf(Whole.Replace("env:LAB_PASSWORD", "hunter2", StringComparison.Ordinal))
            .Should().NotContain(said => said.Contains("hunter2", StringComparison.Ordinal));

    [Test]
    public void AnEventHasNoUndo() =>
        ProblemsOf(Whole + "\n")
            .Concat(ProblemsOf(Whole.Replace("  move-client:\n", "  move-client:\n    undo: [x]\n")))
            .Should().Equal("lab.yaml:26: hooks.move-client.undo: move-client is over as soon as it has happened:"
                + " it has no undo");

    [Test]
    public void EveryProblemIsToldAtOnce() =>
        ProblemsOf(Whole.Replace("version: 1", "version: 2").Replace("90s", "x").Replace("kind: failover", "kind: x"))
            .Should().HaveCount(3);

    [TestCase("")]
    [TestCase("- 1")]
    [TestCase("a: {b: [c, {d: e}]}\n---\nf")]
    [TestCase("{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{")]
    [TestCase("? [a]\n: b")]
    [TestCase("\u0000\u0001")]
    [TestCase("nodes: [[[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]]]")]
    [TestCase("version: !!int 1")]
    public void WhatIsNoTargetFileIsToldInOneLine(string text) =>
        ProblemsOf(text).Should().NotBeEmpty().And.OnlyContain(
            said => said.StartsWith("lab.yaml:", StringComparison.Ordinal) && !said.Contains('\n'));

    [Test]
    public void EveryPrefixIsReadOrRefused()
    {
        for (var length = 0; length < Whole.Length; length++)
        {
            var text = Whole[..length];
            var read = () => Read(text);
            try
            {
                read();
            }
            catch (TargetFileException refused)
            {
                refused.Problems.Should().NotBeEmpty();
            }
        }
    }

    private static TargetFile Read(string text) =>
        TargetFileReader.Read("lab.yaml", "/tmp", YamlText.Parse("lab.yaml", text));

    private static IReadOnlyList<string> ProblemsOf(string text)
    {
        try
        {
            Read(text);
            return [];
        }
        catch (TargetFileException refused)
        {
            return refused.Problems;
        }
    }
}
