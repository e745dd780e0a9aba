namespace Torture.Targets.Hooks;

/// <summary>Undoes what a ledger lists, the last first, and crosses it out once it is verified.</summary>
internal sealed class LedgerHealer(FaultLedger ledger, TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    /// <param name="runnerOf">Hooks run where the target file lies.</param>
    /// <param name="isBack">
    /// Whether the cluster is what it was before the entry; null where nobody can look. It has the word on entries
    /// without a hook verify.
    /// </param>
    /// <returns>Whether nothing is left.</returns>
    public async Task<bool> HealAsync(
        Func<LedgerEntry, HookRunner> runnerOf, Func<LedgerEntry, Task<bool>>? isBack,
        CancellationToken cancellationToken)
    {
        var entries = ledger.Entries;
        var unverified = new List<LedgerEntry>();
        foreach (var entry in entries.Reverse())
        {
            try
            {
                await UndoAsync(entry, runnerOf(entry), time, cancellationToken);
                if (entry.Verify is null)
                {
                    unverified.Add(entry);
                    continue;
                }

                ledger.Undone(entry);
                say($"healed: {entry.Fault}");
            }
            catch (HookException failed)
            {
                say($"not healed: {entry.Fault}: {failed.Message}");
            }
        }

        if (unverified.Count > 0 && (isBack is null || await isBack(entries[0])))
        {
            unverified.ForEach(ledger.Undone);
            unverified.ForEach(entry => say($"healed: {entry.Fault}"));
        }
        else
        {
            unverified.ForEach(entry => say($"not healed: {entry.Fault}: undone, and the cluster is not as it was"));
        }

        return ledger.Entries.Count == 0;
    }

    /// <summary>Runs the undo, then verifies until that succeeds.</summary>
    /// <exception cref="HookException">The undo failed, or it was not verified within the deadline.</exception>
    public static async Task UndoAsync(
        LedgerEntry entry, HookRunner runner, TimeProvider time, CancellationToken cancellationToken)
    {
        await runner.RunAsync(entry.Undo, cancellationToken);
        if (entry.Verify is not { } verify)
        {
            return;
        }

        var began = time.GetTimestamp();
        while (await FailureOfAsync(runner, verify, cancellationToken) is { } notYet)
        {
            if (time.GetElapsedTime(began) >= verify.Deadline)
            {
                throw new HookException(
                    $"undone, and not verified within {verify.Deadline.TotalSeconds:0.###} s: {notYet}");
            }

            await Task.Delay(Pace, time, cancellationToken);
        }
    }

    private static async Task<string?> FailureOfAsync(
        HookRunner runner, HookStep verify, CancellationToken cancellationToken)
    {
        try
        {
            await runner.RunAsync(verify, cancellationToken);
            return null;
        }
        catch (HookException failed)
        {
            return failed.Message;
        }
    }
}
