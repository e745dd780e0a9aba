using NUnit.Framework;
using Torture.Targets.Loopback;

namespace Torture.SelfTests.Ctdbd;

/// <summary>One cluster of real daemons for all that look at it; it comes up beside the tests that need none.</summary>
[SetUpFixture]
internal sealed class RealClusters
{
    private static readonly LoopbackNetwork Network = LoopbackNetwork.Claim(WitnessesOverCtdb.WitnessPort);
    private static readonly Lazy<Task<RealCtdb>> Up = new(() => RealCtdb.StartAsync(
        3, [.. Enumerable.Range(0, 3).Select(Network.Public)]));

    private static readonly Lazy<Task<WitnessesOverCtdb>> Witnesses = new(async () =>
        await WitnessesOverCtdb.StartAsync(await Up.Value, Network));

    /// <summary>Ready: all nodes are well, and each address has an owner.</summary>
    public static async Task<RealCtdb> ReadyAsync(CancellationToken cancellationToken)
    {
        RealCtdb.Require();
        var ctdb = await Up.Value;
        using var patient = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patient.CancelAfter(TimeSpan.FromSeconds(40));
        try
        {
            await ctdb.UntilReadyAsync(patient.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the daemons do not get ready:\n{await ctdb.LogsAsync()}");
        }

        return ctdb;
    }

    /// <summary>Witness servers over it, each with all states well.</summary>
    public static async Task<WitnessesOverCtdb> WitnessesAsync(CancellationToken cancellationToken)
    {
        await ReadyAsync(cancellationToken);
        var witnesses = await Witnesses.Value;
        await witnesses.UntilWellAsync();
        return witnesses;
    }

    [OneTimeSetUp]
    public static void Begin()
    {
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && RealCtdb.IsThere)
        {
            _ = Up.Value;
        }
    }

    [OneTimeTearDown]
    public static async Task EndAsync()
    {
        if (Witnesses.IsValueCreated && Witnesses.Value.IsCompletedSuccessfully)
        {
            await (await Witnesses.Value).DisposeAsync();
        }

        if (Up.IsValueCreated && Up.Value.IsCompletedSuccessfully)
        {
            await (await Up.Value).DisposeAsync();
        }

        Network.Dispose();
    }
}
