using Torture.Harness.Clusters;
using Torture.Targets.Containers.Clusters;
using Torture.Targets.Containers.Engine;

namespace Torture.Targets.Hooks;

/// <summary>A cluster that a target file describes: somebody else's, with hooks to break it, or none.</summary>
public sealed class HookTarget : ITarget
{
    /// <exception cref="TargetUnusableException">One line that says what to do.</exception>
    public async Task<ICluster> UpAsync(TargetOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await UpAsync(options, HookTerminal.OfConsole(), cancellationToken);
        }
        catch (Exception failed) when (failed is TargetFileException or HookException)
        {
            throw new TargetUnusableException(failed.Message, failed);
        }
    }

    internal static async Task<HookCluster> UpAsync(
        TargetOptions options, HookTerminal terminal, CancellationToken cancellationToken)
    {
        if (options.Mutant is not null)
        {
            throw new TargetUnusableException($"--mutant: {options.Name} is no reference server of ours");
        }

        var loader = TargetFileLoader.Open(options.Name, options.Settings);
        if (options.Number > 1 && loader.Start.Up is null)
        {
            throw new TargetUnusableException(
                $"--clusters: {loader.Start.Name} is one cluster, which its file has no hook up to make another of");
        }

        var early = loader.WaitsForUp ? null : loader.Read();
        var mark = loader.Start.Up is null ? null : RunMark.Begin(options.RunId);
        try
        {
            return await UpAsync(options, loader, early, mark, terminal, cancellationToken);
        }
        catch
        {
            mark?.Dispose();
            throw;
        }
    }

    private static async Task<HookCluster> UpAsync(
        TargetOptions options, TargetFileLoader loader, TargetFile? early, RunMark? mark, HookTerminal terminal,
        CancellationToken cancellationToken)
    {
        var secrets = new Secrets(loader.Folder, terminal.Input, VariablesOf(loader.Start.Environment, mark));
        var accounts = loader.Start.Accounts.Select(account => new Account(
            account.Domain, account.User, secrets.Read(account.Password, $"password of {account.User}"))).ToList();
        var ledger = OpenLedger(loader.Start, options);
        var runner = new HookRunner(loader.Folder, secrets, terminal);
        HookCluster? cluster = null;
        try
        {
            var printed = loader.Start.Up is { } up ? await BringUpAsync(up, runner, options, cancellationToken) : null;
            Forget(ledger, options.Log);
            var file = early ?? loader.Read(printed);
            cluster = new HookCluster(options, file, accounts, runner, ledger, terminal.IsInteractive) { Mark = mark };
            await cluster.BeginAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await (cluster?.DisposeAsync() ?? HookCluster.DownAsync(loader.Start.Down, runner, options.Log));
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>What earlier runs left behind when they were killed goes first.</summary>
    private static async Task<string> BringUpAsync(
        HookStep up, HookRunner runner, TargetOptions options, CancellationToken cancellationToken)
    {
        foreach (var removed in await new ContainersTarget().SweepAsync(cancellationToken))
        {
            options.Log($"removed what an earlier run left: {removed}");
        }

        return (await runner.RunAsync(up, cancellationToken)).Text;
    }

    /// <summary>By these a hook that makes something on a container engine says whose it is.</summary>
    private static SortedDictionary<string, string> VariablesOf(
        IReadOnlyDictionary<string, string> environment, RunMark? mark)
    {
        var variables = new SortedDictionary<string, string>(environment.ToDictionary(), StringComparer.Ordinal);
        if (mark is not null)
        {
            variables["TORTURE_KEY"] = mark.Key;
            variables["TORTURE_RUN"] = mark.Filter;
            variables["TORTURE_OWNER"] = $"{RunMark.OwnerLabel}={mark.Labels[RunMark.OwnerLabel]}";
        }

        return variables;
    }

    /// <summary>What was broken in a cluster that an earlier run had brought up is gone with it.</summary>
    private static void Forget(FaultLedger ledger, Action<string> log)
    {
        foreach (var entry in ledger.Entries)
        {
            ledger.Undone(entry);
            log($"{entry.Fault} of run {entry.RunId} was never undone: this is a new cluster");
        }
    }

    private static FaultLedger OpenLedger(TargetFileStart start, TargetOptions options)
    {
        var ledger = FaultLedger.Open(options.Number == 1 ? start.Name : $"{start.Name}.{options.Number}");
        if (start.Up is null && ledger.Entries is [var first, ..] left)
        {
            ledger.Dispose();
            throw new TargetUnusableException(
                $"{start.Name} is broken: {string.Join(", ", left.Select(entry => entry.Fault))}, since {first.At:u}"
                + $" by run {first.RunId}, which did not undo it: torture cluster heal --target {options.Name}");
        }

        return ledger;
    }
}
