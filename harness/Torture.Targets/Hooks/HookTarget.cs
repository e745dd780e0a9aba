using Torture.Harness.Clusters;

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
        var early = loader.WaitsForUp ? null : loader.Read();
        var secrets = new Secrets(loader.Folder, terminal.Input, loader.Start.Environment);
        var accounts = loader.Start.Accounts.Select(account => new Account(
            account.Domain, account.User, secrets.Read(account.Password, $"password of {account.User}"))).ToList();
        var ledger = OpenLedger(loader.Start.Name, options.Name);
        var runner = new HookRunner(loader.Folder, secrets, terminal);
        HookCluster? cluster = null;
        try
        {
            var printed = loader.Start.Up is { } up ? await runner.RunAsync(up, cancellationToken) : null;
            var file = early ?? loader.Read(printed?.Text);
            cluster = new HookCluster(options, file, accounts, runner, ledger, terminal.IsInteractive)
            {
                IsOurs = loader.Start.Up is not null,
            };
            await cluster.BeginAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await (cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
            ledger.Dispose();
            throw;
        }
    }

    private static FaultLedger OpenLedger(string name, string file)
    {
        var ledger = FaultLedger.Open(name);
        if (ledger.Entries is [var first, ..] left)
        {
            ledger.Dispose();
            throw new TargetUnusableException(
                $"{name} is broken: {string.Join(", ", left.Select(entry => entry.Fault))}, since {first.At:u} by run"
                + $" {first.RunId}, which did not undo it: torture cluster heal --target {file}");
        }

        return ledger;
    }
}
