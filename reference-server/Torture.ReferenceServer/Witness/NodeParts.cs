namespace Torture.ReferenceServer.Witness;

/// <summary>What a witness service is made of: it reaches for no clock, socket or random number itself.</summary>
/// <param name="Time">Clock and timers.</param>
/// <param name="Random">Source of the registration keys, for this service alone: it is not safe for threads.</param>
/// <param name="Settings">What the specification leaves to the implementation.</param>
/// <param name="View">The cluster as this node knows it.</param>
/// <param name="Log">One line an event worth telling an operator; never called under the lock.</param>
public sealed record NodeParts(
    TimeProvider Time, Random Random, WitnessSettings Settings, IClusterView View, Action<string> Log);
