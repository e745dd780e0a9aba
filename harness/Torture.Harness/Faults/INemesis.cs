namespace Torture.Harness.Faults;

/// <summary>Breaks things, the same way on every target.</summary>
public interface INemesis
{
    /// <summary>
    /// Returns once the fault was seen to act, by observation and on the wire. Disposing the outage heals, and returns
    /// once the cluster equals its baseline.
    /// </summary>
    /// <exception cref="Clusters.InconclusiveException">It was not seen to act.</exception>
    /// <exception cref="Clusters.NotSupportedByTargetException">The target cannot do this.</exception>
    Task<IOutage> InjectAsync(Fault fault);

    /// <summary>
    /// Asks the servers for something that the case then checks, such as that an address is moved: returns also where
    /// it was not seen to be done, for a check has the word.
    /// </summary>
    /// <exception cref="Clusters.NotSupportedByTargetException">The target cannot do this.</exception>
    Task<IOutage> RequestAsync(Fault fault);
}

/// <summary>A fault that acts, until it is disposed.</summary>
public interface IOutage : IAsyncDisposable
{
    Fault Fault { get; }

    /// <summary>By the clock of the run; on the wire it is the marker T0.</summary>
    DateTimeOffset InjectedAt { get; }

    DateTimeOffset TookEffectAt { get; }

    /// <summary>Heals before the end of the block; disposing then does nothing more.</summary>
    Task HealAsync();
}
