using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>Undoes after a run that could not do it itself: killed, or on a machine that went down.</summary>
internal static class LedgerVisit
{
    /// <param name="target">A target file; null: every ledger of this user.</param>
    /// <returns>Whether nothing is broken any more.</returns>
    /// <exception cref="TargetUnusableException">There is no such file, or its ledger cannot be had.</exception>
    public static async Task<bool> HealAsync(
        string? target, Action<string> say, CancellationToken cancellationToken)
    {
        var whole = true;
        try
        {
            IReadOnlyList<string> names = target is null ? [.. FaultLedger.Names()] : [NameOf(target)];
            foreach (var name in names)
            {
                whole &= await HealAsync(name, target, say, cancellationToken);
            }
        }
        catch (Exception failed) when (failed is HookException or TargetFileException)
        {
            throw new TargetUnusableException(failed.Message, failed);
        }

        return whole;
    }

    /// <summary>A file that is gone or malformed does not matter: the ledger knows how to undo.</summary>
    private static string NameOf(string target) => FaultLedger.Names().Contains(target)
        ? target
        : TargetFileLoader.Open(target, new Dictionary<string, string>()).Start.Name;

    private static async Task<bool> HealAsync(
        string name, string? target, Action<string> say, CancellationToken cancellationToken)
    {
        var ledger = FaultLedger.Open(name);
        if (ledger.Entries is not [var first, ..])
        {
            ledger.Dispose();
            if (target is not null)
            {
                say($"nothing is broken in {name}");
            }

            return true;
        }

        if (TryCluster(first.File, ledger, say) is not { } cluster)
        {
            using (ledger)
            {
                return await new LedgerHealer(ledger, TimeProvider.System, say).HealAsync(
                    entry => new HookRunner(
                        entry.Folder, new Secrets(entry.Folder, Console.In, EnvironmentOf(entry.File)),
                        HookTerminal.OfConsole()),
                    isBack: null, cancellationToken);
            }
        }

        await using (cluster)
        {
            return await cluster.UndoAllAsync(cancellationToken);
        }
    }

    /// <summary>For the hooks; a file that cannot be read any more has none.</summary>
    private static IReadOnlyDictionary<string, string>? EnvironmentOf(string path)
    {
        try
        {
            return TargetFileLoader.Open(path, new Dictionary<string, string>()).Start.Environment;
        }
        catch (Exception unusable) when (unusable is TargetFileException or TargetUnusableException)
        {
            return null;
        }
    }

    /// <summary>With the target file one can also look whether the cluster is back.</summary>
    private static HookCluster? TryCluster(string path, FaultLedger ledger, Action<string> say)
    {
        try
        {
            var terminal = HookTerminal.OfConsole();
            var loader = TargetFileLoader.Open(path, new Dictionary<string, string>());
            if (loader.WaitsForUp || loader.Start.Accounts.Any(account => account.Password.Kind == "generate"))
            {
                return null;
            }

            var secrets = new Secrets(loader.Folder, terminal.Input, loader.Start.Environment);
            var accounts = loader.Start.Accounts.Select(account => new Account(
                account.Domain, account.User, secrets.Read(account.Password, $"password of {account.User}"))).ToList();
            var options = new TargetOptions { Name = path, RunId = "heal", Folder = loader.Folder, Log = say };
            return new HookCluster(
                options, loader.Read(), accounts, new HookRunner(loader.Folder, secrets, terminal), ledger,
                terminal.IsInteractive);
        }
        catch (Exception unusable) when (unusable is HookException or TargetFileException or TargetUnusableException)
        {
            say($"nobody looks whether the cluster is back: {unusable.Message}");
            return null;
        }
    }
}
