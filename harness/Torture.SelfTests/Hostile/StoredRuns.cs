using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;
using Torture.Cli.Inspect;
using Torture.Cli.Run;
using Torture.Harness.Reports;
using Torture.Harness.Running;
using Torture.SelfTests.Harness;

namespace Torture.SelfTests.Hostile;

/// <summary>
/// What a run left may come from anywhere: report, recheck and inspect read it, or say in one line that they cannot.
/// </summary>
[NonParallelizable, CancelAfter(300_000)]
public sealed class StoredRuns
{
    private const int Unusable = 3;
    private const int Seeds = 150;

    private string _good = "";
    private string _hostile = "";
    private string _sealed = "";
    private string _failover = "";

    [OneTimeSetUp]
    public async Task RunOnce()
    {
        (_good, var results) = await Rechecks.OnLoopbackAsync(
            "rpc.witness.UnRegister", "failover.OwnerLost.TheClientFollows_kill");
        _failover = results.Cases.First(result => result.Failovers.Count > 0).Id;
        _sealed = results.Cases.First(result => File.Exists(Path.Combine(_good, "cases", result.Id, "keys.json"))).Id;
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(Path.GetDirectoryName(_good)!, recursive: true);

    [SetUp]
    public void Copy()
    {
        _hostile = Directory.CreateTempSubdirectory("torture-hostile-").FullName;
        foreach (var file in Directory.EnumerateFiles(_good, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_hostile, Path.GetRelativePath(_good, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [TearDown]
    public void RemoveCopy() => Directory.Delete(_hostile, recursive: true);

    [Test]
    public void TheGoodOneIsGood()
    {
        Report().Should().Be((0, ""));
        Recheck().Should().Be((0, ""));
        Inspect(_sealed).Code.Should().Be(0);
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("hello")]
    [TestCase("{\"runId\":\"a\",\"target\":\"b\",\"started\":\"2026-01-01T00:00:00Z\",\"format\":2}")]
    public void WhatIsNoResultsFileIsSaid(string text)
    {
        File.WriteAllText(Path.Combine(_hostile, "results.json"), text);

        MustBeRefused(Report());
        MustBeRefused(Recheck());
    }

    [TestCase("cases.0.id", "\"../../escape\"")]
    [TestCase("cases.0.id", "\"/tmp\"")]
    [TestCase("cases.0.id", "\"a\\n\"")]
    [TestCase("cases.0.evidence", "\"../..\"")]
    [TestCase("cases.0.evidence", "\"/etc\"")]
    [TestCase("cases.0.verdict", "99")]
    [TestCase("cases.0.started", "\"10675199.02:48:05.4775807\"")]
    [TestCase("cases.0.checks", "[null]")]
    [TestCase("cases", "null")]
    [TestCase("cases", "[null]")]
    [TestCase("nodes", "[null]")]
    [TestCase("started", "\"9999-12-31T23:59:59Z\"")]
    [TestCase("started", "\"yesterday\"")]
    public void WhatNoRunWritesIsSaid(string path, string value)
    {
        Put(path, value);

        MustBeRefused(Report());
        MustBeRefused(Recheck());
    }

    [Test]
    public void AFolderWithoutResultsIsSaid()
    {
        File.Delete(Path.Combine(_hostile, "results.json"));

        MustBeRefused(Report());
        MustBeRefused(Recheck());
    }

    [TestCase("history.jsonl"), TestCase("capture.pcapng"), TestCase("keys.json"), TestCase("results.json")]
    public void FilesThatAreTooLargeAreNotRead(string name)
    {
        var file = FileOf(name);
        using (var huge = File.OpenWrite(file))
        {
            huge.SetLength(1L << 36);
        }

        MustBeRefusedOrRead(Recheck(), name);
        MustBeRefusedOrRead(Report(), name);
    }

    [TestCase("results.json"), TestCase("history.jsonl"), TestCase("keys.json"), TestCase("capture.pcapng")]
    public void TruncatedFilesAreReadOrRefused(string name)
    {
        var good = File.ReadAllBytes(FileOf(name));
        for (var i = 0; i < 40; i++)
        {
            File.WriteAllBytes(FileOf(name), good[..(good.Length * i / 40)]);
            MustBeRefusedOrRead(Recheck(), $"{i}/40");
            MustBeRefusedOrRead(Report(), $"{i}/40");
            MustBeRefusedOrRead(Inspect(_sealed), $"{i}/40");
        }
    }

    [Test]
    public void WhatIsQuotedFromAFileIsShortened()
    {
        Put("cases.0.id", $"\"{new string('!', 5_000)}\"");

        MustBeRefused(Report());
        MustBeRefusedOrRead(Report(), "a long id");
    }

    [TestCase("results.json"), TestCase("history.jsonl"), TestCase("keys.json"), TestCase("capture.pcapng")]
    public void RandomFilesAreReadOrRefused(string name)
    {
        var good = File.ReadAllBytes(FileOf(name));
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            File.WriteAllBytes(FileOf(name), name == "capture.pcapng"
                ? MutateBytes(good, random) : HostileText.Mutate(good, random));
            MustBeRefusedOrRead(Recheck(), $"seed {seed}");
            MustBeRefusedOrRead(Report(), $"seed {seed}");
            MustBeRefusedOrRead(Inspect(_sealed), $"seed {seed}");
        }
    }

    [Test]
    public void LatenciesOfAnyFileAreReadOrRefused()
    {
        var capture = Path.Combine(_hostile, "cases", _failover, "capture.pcapng");
        var good = File.ReadAllBytes(capture);
        for (var seed = 0; seed < Seeds; seed++)
        {
            File.WriteAllBytes(capture, MutateBytes(good, new Random(seed)));
            MustBeRefusedOrRead(Inspect(_failover, new InspectOptions(Latency: true)), $"seed {seed}");
        }
    }

    private string FileOf(string name) =>
        name == "results.json" ? Path.Combine(_hostile, name) : Path.Combine(_hostile, "cases", _sealed, name);

    private void Put(string path, string value)
    {
        var file = Path.Combine(_hostile, "results.json");
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        var steps = path.Split('.');
        var parent = steps[..^1].Aggregate(root, (node, step) =>
            node is JsonArray items ? items[0]! : node[step]!);
        parent[steps[^1]] = "@here@";
        File.WriteAllText(file, root.ToJsonString().Replace("\"@here@\"", value, StringComparison.Ordinal));
    }

    private (int Code, string Said) Report() => Use(folder =>
    {
        ReportWriter.WriteAll(folder);
        return 0;
    });

    private (int Code, string Said) Recheck() => Use(folder =>
    {
        _ = Torture.Harness.Running.Recheck.Of(folder);
        return 0;
    });

    private (int Code, string Said) Use(Func<string, int> use)
    {
        using var errors = new StringWriter();
        var code = StoredRun.Use(_hostile, use, errors);
        return (code, errors.ToString());
    }

    private (int Code, string Said) Inspect(string id, InspectOptions? options = null)
    {
        using var output = new StringWriter();
        var place = Path.Combine(_hostile, "cases", id);
        var keys = Path.Combine(place, "keys.json");
        var code = InspectCommand.Run(
            Path.Combine(place, "capture.pcapng"), File.Exists(keys) ? keys : null, options ?? new InspectOptions(),
            output);
        return (code, code == Unusable ? output.ToString() : "");
    }

    private static void MustBeRefused((int Code, string Said) end)
    {
        end.Code.Should().Be(Unusable);
        end.Said.TrimEnd().Should().StartWith("torture").And.NotContain("\n");
    }

    private static void MustBeRefusedOrRead((int Code, string Said) end, string what)
    {
        end.Code.Should().BeOneOf([0, 1, Unusable], what);
        end.Said.TrimEnd().Should().NotContain("\n", what);
        end.Said.Length.Should().BeLessThan(1000, what);
    }

    private static byte[] MutateBytes(byte[] good, Random random)
    {
        var bytes = (byte[])good.Clone();
        for (var i = random.Next(1, 40); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }
}
