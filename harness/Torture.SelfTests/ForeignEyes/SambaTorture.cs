using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Protocol;
using Torture.Protocol.Witness;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.ForeignEyes;

/// <summary>Samba's own tests, and what each says of a correct server that is not Windows and has no share.</summary>
[Parallelizable]
public sealed partial class SambaTorture
{
    private const string Succeeds = "success";

    /// <summary>
    /// It looks for a share to name, by srvsvc over SMB, and warns; smbtorture counts the warning as the outcome,
    /// unless an assertion of the test itself fails: that ends the test with another reason.
    /// </summary>
    private const string WarnsOfNoShare = "failed to setup srvsvc connection";

    /// <summary>
    /// It takes the network name offline by Windows' cluster management (CLUSAPI), which is not there to connect to,
    /// and uses the connection all the same: smbtorture ends with a segmentation fault.
    /// </summary>
    private const string NeedsClusapi = "test_OpenResource_int";

    private static readonly (string Test, string Expected)[] Expectations =
    [
        ("GetInterfaceList", Succeeds),
        ("Register", WarnsOfNoShare),
        ("UnRegister", Succeeds),
        ("RegisterEx", WarnsOfNoShare),
        ("AsyncNotify", NeedsClusapi),
    ];

    private ForeignCluster _foreign = null!;

    private static IEnumerable<TestCaseData> Runs() =>
        from binding in (string[])["ntlm,sign", "ntlm,seal", "spnego,sign"]
        from expectation in Expectations
        select new TestCaseData(binding, expectation.Test, expectation.Expected)
            .SetArgDisplayNames(expectation.Test, binding.Replace(',', '_'));

    [OneTimeSetUp]
    public async Task UpAsync() => _foreign = await ForeignCluster.UpAsync();

    [OneTimeTearDown]
    public async Task DownAsync() => await _foreign.DisposeAsync();

    [Test, CancelAfter(60_000)]
    public async Task ReadsAndWritesTheSameVectorsAsWe(CancellationToken cancellationToken)
    {
        var (exitCode, output) = await _foreign.Root.RunAsync(
            cancellationToken, "smbtorture", "ncalrpc:", "local.ndr.witness");

        exitCode.Should().Be(0, output);
        Regex.Count(output, "^success: ", RegexOptions.Multiline).Should().Be(11, output);
    }

    [TestCaseSource(nameof(Runs)), CancelAfter(120_000)]
    public async Task SaysOfAWitness(string binding, string test, string expected, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await RunAsync(binding, test, cancellationToken);

        OutcomeOf(test, exitCode, output).Should().Be(expected, output);
    }

    [TestCase("Register", 1), TestCase("RegisterEx", 4), CancelAfter(60_000)]
    public async Task IsAnsweredAsItsTableDemands(string test, int opnum, CancellationToken cancellationToken)
    {
        await using var probe = await WitnessProbe.ConnectAsync(
            _foreign.Cluster, _foreign.Cluster.Nodes[0], cancellationToken);
        var usable = (await probe.ListAsync()).Interfaces!.Value.Count(entry =>
            entry.State == InterfaceState.AVAILABLE && entry.Flags.HasFlag(InterfaceFlags.INTERFACE_WITNESS));

        var packets = await _foreign.CaptureAsync(
            () => RunAsync("ntlm,sign", test, cancellationToken), cancellationToken);

        usable.Should().BeGreaterThan(0);
        StatusesOf(packets, opnum).Should().Equal(Table(test, usable));
    }

    /// <summary>What smbtorture asserts: bad versions, bad parameters, then each usable interface.</summary>
    private static IEnumerable<Win32Error> Table(string test, int usable)
    {
        Win32Error version = Win32Error.ERROR_REVISION_MISMATCH, parameter = Win32Error.ERROR_INVALID_PARAMETER;
        Win32Error[] bad =
            [version, version, version, version, version, parameter, parameter, version, parameter];
        Win32Error[] good = test == "Register"
            ? [Win32Error.ERROR_SUCCESS]
            : [Win32Error.ERROR_INVALID_STATE, Win32Error.ERROR_SUCCESS];
        return [.. bad, .. Enumerable.Repeat(good, usable).SelectMany(each => each)];
    }

    private static IEnumerable<Win32Error> StatusesOf(IEnumerable<CapturedPacket> packets, int opnum) =>
        TraceBuilder.Read(packets).Calls.Where(call => call.IsWitness && call.Opnum == opnum)
            .Select(call => ((HandleResponse)call.Response!).Status);

    private Task<(int ExitCode, string Output)> RunAsync(
        string binding, string test, CancellationToken cancellationToken) =>
        _foreign.Root.RunAsync(
            cancellationToken, "smbtorture", _foreign.Binding(0, binding), $"rpc.witness.witness.{test}",
            $"--option=torture:net_name={_foreign.Cluster.NetName}");

    /// <summary>Success, or the reason of the failure, or where it crashed.</summary>
    internal static string OutcomeOf(string test, int exitCode, string output)
    {
        if (output.Contains($"success: witness.{test}", StringComparison.Ordinal) && exitCode == 0)
        {
            return Succeeds;
        }

        if (output.Contains($"({NeedsClusapi}+", StringComparison.Ordinal))
        {
            return NeedsClusapi;
        }

        var failure = Failure().Match(output);
        return failure.Success ? failure.Groups["reason"].Value : $"ended with {exitCode}";
    }

    [GeneratedRegex(@"failure: witness\.\w+ \[\n.*: (?<reason>[^:\n]+)\n\]")]
    private static partial Regex Failure();
}
