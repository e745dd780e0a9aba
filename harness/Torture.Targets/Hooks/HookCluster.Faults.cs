using System.Collections.Concurrent;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.Targets.Hooks;

internal sealed partial class HookCluster
{
    private readonly ConcurrentDictionary<Fault, LedgerEntry> _made = [];
    private CancellationTokenSource? _watching;
    private Task _watcher = Task.CompletedTask;

    /// <exception cref="InconclusiveException">The hook failed: what it half did is undone by healing.</exception>
    public async Task ApplyAsync(Fault fault, CancellationToken cancellationToken)
    {
        if (Capabilities.WhyNot(fault.Needs) is { } missing)
        {
            throw new NotSupportedByTargetException(fault.Needs, missing);
        }

        if (HookVerb.Of(fault) is not { } verb)
        {
            throw new NotSupportedByTargetException(fault.Needs, $"no hook can {fault}");
        }

        var hook = File.Hooks[verb.Name];
        try
        {
            var before = await _observer.ObserveAsync(cancellationToken);
            _watch.See(before);
            var values = FaultValues.Of(fault, File, before);
            if (hook.Undo is not null)
            {
                _made[fault] = Note(hook, fault, values, before);
                Watch();
            }

            await _runner.RunAsync(hook.Do.Fill(values), cancellationToken);
            Done(fault);
        }
        catch (HookException failed)
        {
            throw new InconclusiveException(failed.Message, failed);
        }
    }

    /// <exception cref="InconclusiveException">The undoing failed: it stays in the ledger.</exception>
    public async Task HealAsync(Fault fault, CancellationToken cancellationToken)
    {
        if (!_made.TryGetValue(fault, out var entry))
        {
            return;
        }

        try
        {
            await LedgerHealer.UndoAsync(entry, _runner, Time, cancellationToken);
            if (entry.Verify is null)
            {
                await UntilOverAsync(fault, entry, cancellationToken);
            }

            _ledger.Undone(entry);
            _made.TryRemove(fault, out _);
        }
        catch (HookException failed)
        {
            throw new InconclusiveException(failed.Message, failed);
        }
        finally
        {
            if (_made.IsEmpty)
            {
                await StopWatchingAsync();
            }
        }
    }

    private void Done(Fault fault)
    {
        if (Unseen.Events.Contains(fault.Needs))
        {
            _done.Enqueue(new ObservedEvent(_done.Count + 1, fault.Needs, fault switch
            {
                MoveClient move => move.ClientName,
                ChangeAddress change => change.ClientName,
                ForceResponse force => force.ClientName,
                ForceUnregister force => force.ClientName,
                ChangeResource change => change.Address.ToString(),
                _ => null,
            }));
        }
    }

    /// <summary>Where the target file is found again, from any folder.</summary>
    private string Reference => System.IO.File.Exists(File.Path) ? Path.GetFullPath(File.Path) : File.Path;

    /// <summary>It is on disk before anything is broken.</summary>
    private LedgerEntry Note(Hook hook, Fault fault, HookValues values, ClusterObservation before)
    {
        try
        {
            return _ledger.Break(new LedgerEntry(
                0, hook.Verb.Name, fault.ToString()!, Time.GetUtcNow(), _options.RunId, Reference, File.Folder,
                hook.Undo!.Fill(values), hook.Verify?.Fill(values), fault.MovesOwners,
                ObservationJson.Write(before)));
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            throw new HookException(
                $"{fault} is not made, since it cannot be written down in {_ledger.Path}: {full.Message}", full);
        }
    }

    /// <summary>Without a hook verify the observation has the word.</summary>
    private async Task UntilOverAsync(Fault fault, LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (!IsObservable(fault))
        {
            return;
        }

        var before = ObservationJson.Read(entry.Before, Nodes, PublicAddresses, entry.At);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limits.Recovery);
        try
        {
            while (Effects.Seen(fault, before, await _observer.ObserveAsync(limit.Token)) is not null)
            {
                await Task.Delay(File.Observe.Pace, Time, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HookException($"{entry.Undo.Where}: {fault} was undone and is still seen to act after"
                + $" {Limits.Recovery.TotalSeconds:0} s");
        }
    }

    /// <summary>Of the others no observation tells whether they still act.</summary>
    private static bool IsObservable(Fault fault) => fault is KillNode or PauseNode or StopNode or DisableNode
        or BanNode or StopWitness or MoveAddress or MoveShare or Partition;

    private async Task<bool> IsBackAsync(
        ClusterObservation baseline, bool ownersMayDiffer, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limits.Recovery);
        try
        {
            while (!await LooksLikeAsync(baseline, ownersMayDiffer, limit.Token))
            {
                await Task.Delay(File.Observe.Pace, Time, limit.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>A look that fails shows nothing.</summary>
    private async Task<bool> LooksLikeAsync(
        ClusterObservation baseline, bool ownersMayDiffer, CancellationToken cancellationToken)
    {
        try
        {
            return Effects.Recovered(baseline, await ObserveAsync(cancellationToken), ownersMayDiffer);
        }
        catch (InconclusiveException)
        {
            return false;
        }
    }

    /// <summary>While something is broken, the cluster is looked at all the time.</summary>
    private void Watch()
    {
        if (_watching is null)
        {
            _watching = new CancellationTokenSource();
            _watcher = WatchAsync(_watching.Token);
        }
    }

    private async Task StopWatchingAsync()
    {
        if (_watching is { } watching)
        {
            _watching = null;
            await watching.CancelAsync();
            await _watcher;
            watching.Dispose();
        }
    }

    private async Task WatchAsync(CancellationToken over)
    {
        try
        {
            while (true)
            {
                await TryObserveAsync(over);
                await Task.Delay(File.Observe.Pace, Time, over);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>A look that fails tells nothing; the case that needs one hears of it.</summary>
    private async Task TryObserveAsync(CancellationToken over)
    {
        try
        {
            await ObserveAsync(over);
        }
        catch (InconclusiveException)
        {
        }
    }
}
